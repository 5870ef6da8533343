package io.wherry.testkit;

import io.wherry.spi.Watching;
import io.wherry.spi.WorkloadHandle;
import java.util.function.Consumer;

/**
 * Wakes for every workload of the workspace whenever the clock was advanced: more often than
 * needed, never too late.
 */
final class FakeWatching implements Watching {
  private final FakeEngine engine;
  private final String workspaceId;
  private volatile Consumer<WorkloadHandle> wake = h -> {};

  FakeWatching(FakeEngine engine, String workspaceId, ManualClock clock) {
    this.engine = engine;
    this.workspaceId = workspaceId;
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
    engine.keys(workspaceId).forEach(key -> wake.accept(FakeBackend.handle(key)));
  }
}
