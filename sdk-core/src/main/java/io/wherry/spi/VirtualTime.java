package io.wherry.spi;

/** The target runs on a clock that somebody advances by hand: a simulation. */
public interface VirtualTime extends Facet {
  /**
   * Called on the thread that is about to wait for a run. Returns once everything that is due has
   * been handed to core.
   *
   * @throws IllegalStateException if the run cannot end before the clock is advanced; the message
   *     says how to do that
   */
  void beforeWaiting(String runId);
}
