package io.wherry.testkit;

import io.wherry.spec.TargetSpec;
import io.wherry.spi.BackendProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the contract must know about a backend to test it: how to open it on a real engine, and how
 * to look at that engine from the side.
 */
public interface BackendFixture {
  /** The provider under test; each call may give a new one, all of the same engine. */
  BackendProvider provider();

  /** The target that the tests run on. By default the provider's kind without settings. */
  default TargetSpec target() {
    return TargetSpec.of(provider().kind(), Map.of());
  }

  /**
   * Values of the secrets that the target's settings refer to as {@code named:…}. None by default.
   */
  default Map<String, String> secrets() {
    return Map.of();
  }

  /**
   * The processes that are alive on the engine and carry a mark in their command line or
   * environment, in words for a failed test. Empty means that nothing is left. For an engine on
   * this machine: {@link MarkedProcesses#alive}.
   */
  List<String> processes(String mark);

  /**
   * How long the engine may take for one step, such as starting or stopping a small program; a
   * minute by default.
   */
  default Duration patience() {
    return Duration.ofMinutes(1);
  }

  /** The clock that the backend gets. The system's by default; a fake may bring its own. */
  default Clock clock() {
    return Clock.systemUTC();
  }

  /** Lets time pass. Sleeps by default; a fake advances its clock instead. */
  default void pause(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }

  /**
   * Takes the engine out of reach until the disturbance is closed; empty if this engine has no way
   * to be out of reach.
   */
  default Optional<Disturbance> beginOutage() {
    return Optional.empty();
  }

  /**
   * Lets the engine take workloads without starting them until the disturbance is closed; empty if
   * it cannot do so.
   */
  default Optional<Disturbance> beginCongestion() {
    return Optional.empty();
  }

  /** Something that is wrong with an engine as long as it is open. */
  interface Disturbance extends AutoCloseable {
    @Override
    void close();
  }
}
