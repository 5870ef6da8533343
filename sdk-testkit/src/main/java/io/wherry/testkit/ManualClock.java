package io.wherry.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that stands still until somebody advances it. Thread-safe. */
public final class ManualClock extends Clock {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Instant now;

  /** Makes a clock that begins at a fixed instant: the first second of the year 2030, UTC. */
  public ManualClock() {
    this(Instant.parse("2030-01-01T00:00:00Z"));
  }

  /** Makes a clock that begins at an instant. */
  public ManualClock(Instant start) {
    now = requireNonNull(start, "start");
  }

  /**
   * Moves the clock forward and tells the listeners, on this thread, before it returns.
   *
   * @throws IllegalArgumentException if the duration is negative: time never goes back
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time never goes back, but was asked to by " + duration);
    }
    synchronized (this) {
      now = now.plus(duration);
    }
    listeners.forEach(Runnable::run);
  }

  /** Has a listener called after each advance. It is fast and never throws. */
  public void onAdvance(Runnable listener) {
    listeners.add(requireNonNull(listener, "listener"));
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  /** Not supported: the clock shows UTC, the same everywhere. */
  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("a manual clock shows UTC only");
  }

  @Override
  public String toString() {
    return "ManualClock[" + now + "]";
  }
}
