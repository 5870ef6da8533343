package io.wherry.runtime.protocol;

/**
 * Receives the records of an events file in their order, on the thread that feeds the {@link
 * EventReader}. Must be fast and must not throw.
 */
public interface EventSink {

  /**
   * One point of a metric.
   *
   * @param key stands for the name as long as the reader lives: 0 for the first name that the
   *     reader met, 1 for the next, without gaps, so that it can index arrays of primitive buffers
   * @param name always the same object for the same key
   * @param value may be NaN or infinite
   */
  void metric(int key, String name, long step, long epochMillis, double value);

  void param(String name, String value);

  void tag(String name, String value);

  /**
   * How far the program is.
   *
   * @param total 0 when it is not known
   * @param message empty when there is none
   */
  void progress(long done, long total, String message);

  /**
   * A record, or part of one, that was ignored.
   *
   * @param offset where the record begins, in bytes from the start of the file
   */
  void warning(String text, long offset);
}
