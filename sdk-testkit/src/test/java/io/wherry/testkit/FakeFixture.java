package io.wherry.testkit;

import io.wherry.spi.BackendException;
import io.wherry.spi.BackendProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The fake engine on a manual clock: pauses take no time. */
class FakeFixture implements BackendFixture {
  private final ManualClock clock = new ManualClock();
  private final FakeProvider provider;

  FakeFixture(FakeProvider provider) {
    this.provider = provider;
  }

  @Override
  public BackendProvider provider() {
    return provider;
  }

  @Override
  public List<String> processes(String mark) {
    return provider.processes(mark, clock);
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public void pause(Duration duration) {
    clock.advance(duration);
  }

  @Override
  public Optional<Disturbance> beginOutage() {
    return Optional.of(provider.beginOutage(BackendException.Kind.TRANSIENT));
  }

  @Override
  public Optional<Disturbance> beginCongestion() {
    return Optional.of(provider.beginCongestion());
  }
}
