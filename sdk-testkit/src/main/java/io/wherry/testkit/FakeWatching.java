package io.wherry.testkit;

import io.wherry.spi.Watching;
import io.wherry.spi.WorkloadHandle;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Wakes for every workload of the workspace whenever the clock was advanced: more often than
 * needed, never too late.
 */
final class FakeWatching implements Watching {
  private final Supplier<Collection<WorkloadHandle>> handles;
  private volatile Consumer<WorkloadHandle> wake = h -> {};

  FakeWatching(Supplier<Collection<WorkloadHandle>> handles, ManualClock clock) {
    this.handles = handles;
    clock.onAdvance(this::wakeAll);
  }

  @Override
  public void watch(Consumer<WorkloadHandle> wake) {
    this.wake = wake;
  }

  void close() {
    wake = h -> {};
  }

  private void wakeAll() {
    handles.get().forEach(wake);
  }
}
