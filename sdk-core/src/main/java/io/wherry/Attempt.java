package io.wherry;

import io.wherry.internal.control.AttemptRecord;
import io.wherry.spec.Cause;
import io.wherry.spec.RunState;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** One start of a run's program, whoever caused it. Immutable. */
public final class Attempt {
  private final AttemptRecord record;

  Attempt(AttemptRecord record) {
    this.record = record;
  }

  /** Its number; the first is 1. */
  public int number() {
    return record.number();
  }

  /** Where it stands. */
  public RunState state() {
    return record.state();
  }

  /** Why it stands there, in words; empty if it goes without saying. */
  public String reason() {
    return record.reason();
  }

  /** Why it ended; empty while it has not. */
  public Optional<Cause> cause() {
    return Optional.ofNullable(record.cause());
  }

  /** Exit code of the process that decided; empty while it runs and where none is known. */
  public OptionalInt exitCode() {
    @Nullable Integer code = record.exitCode();
    return code == null ? OptionalInt.empty() : OptionalInt.of(code);
  }

  /** Rank of the process that decided: the first one that failed, else 0. */
  public int rank() {
    return record.rank();
  }

  /** When it was made. */
  public Instant createdAt() {
    return record.created();
  }

  /** When the program started, by the engine's clock; empty if it did not. */
  public Optional<Instant> startedAt() {
    return Optional.ofNullable(record.started());
  }

  /** When it ended, by the same clock; empty while it has not. */
  public Optional<Instant> endedAt() {
    return Optional.ofNullable(record.ended());
  }

  /** {@code attempt 2 FAILED: its time limit ran out}. */
  @Override
  public String toString() {
    return "attempt " + number() + " " + state() + (reason().isEmpty() ? "" : ": " + reason());
  }
}
