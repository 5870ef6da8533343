package io.wherry.runtime.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps every event as one readable line. */
public final class RecordedEvents implements EventSink {

  public final List<String> events = new ArrayList<>();
  public final List<String> warnings = new ArrayList<>();

  /** Reads a whole file that grows no more; points without a time get the time 7. */
  public static RecordedEvents of(Path file) throws IOException {
    return of(Files.readAllBytes(file));
  }

  static RecordedEvents of(byte[] bytes) {
    RecordedEvents recorded = new RecordedEvents();
    new EventReader(recorded, () -> 7).finish(bytes, 0, bytes.length);
    return recorded;
  }

  /** Returns the values of one metric in their order. */
  public List<Double> values(String metric) {
    return events.stream()
        .filter(e -> e.startsWith("metric " + metric + "="))
        .map(e -> Double.valueOf(e.substring(e.indexOf('=') + 1, e.indexOf(" @"))))
        .toList();
  }

  @Override
  public void metric(int key, String name, long step, long epochMillis, double value) {
    events.add("metric " + name + "=" + value + " @" + step + ":" + epochMillis);
  }

  @Override
  public void param(String name, String value) {
    events.add("param " + name + "=" + value);
  }

  @Override
  public void tag(String name, String value) {
    events.add("tag " + name + "=" + value);
  }

  @Override
  public void progress(long done, long total, String message) {
    events.add("progress " + done + "/" + total + " " + message);
  }

  @Override
  public void warning(String text, long offset) {
    warnings.add(offset + " " + text);
  }
}
