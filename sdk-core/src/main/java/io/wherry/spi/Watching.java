package io.wherry.spi;

import java.util.function.Consumer;

/**
 * The engine tells when to look; a wake-up only, so that losing one costs latency and nothing else.
 */
public interface Watching extends Facet {
  /**
   * Calls {@code wake} soon after the observation of a workload may have changed. The consumer is
   * fast, never throws and may be called from any thread. One watcher at a time; a second call
   * replaces the first.
   */
  void watch(Consumer<WorkloadHandle> wake);
}
