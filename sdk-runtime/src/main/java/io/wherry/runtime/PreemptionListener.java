package io.wherry.runtime;

import java.time.Duration;

/**
 * Told once that the run has to end soon.
 *
 * @see RunContext#onPreemption(PreemptionListener)
 */
@FunctionalInterface
public interface PreemptionListener {

  /**
   * Saves what the next attempt needs.
   *
   * @param grace what is left of the time between the notice and the kill, never negative; zero
   *     also when the target names no grace
   * @throws Exception whatever goes wrong; it is printed to the standard error, and the next
   *     listener runs
   */
  void onPreemption(Duration grace) throws Exception;
}
