package io.wherry.spi;

import io.wherry.spec.Cause;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a workload is at the moment of asking. */
public sealed interface Observation {
  /**
   * The engine has it and has not started the user's program.
   *
   * @param restart how often the engine has restarted it so far
   * @param reason what it waits for, in words for the user
   */
  record Waiting(int restart, String reason) implements Observation {}

  /**
   * The user's program was started and has not been seen to end.
   *
   * @param restart how often the engine has restarted it so far
   * @param since start of the program, by the engine's clock
   * @param ready whether a service answers; true for plain programs
   * @param endpoints where a service can be reached; empty for plain programs
   */
  record Active(int restart, Instant since, boolean ready, List<URI> endpoints)
      implements Observation {
    public Active {
      endpoints = List.copyOf(endpoints);
    }
  }

  /**
   * It is over and nothing of it will start again by itself.
   *
   * @param restart how often the engine restarted it
   * @param exitCode exit code of the first process that failed, else 0; null where none is known
   * @param cause why it ended
   * @param detail more in words for the user, may be empty
   * @param startedAt start of the program by the engine's clock, null if it never started
   * @param endedAt its end by the same clock, null if not known
   * @param rank rank whose process decided, 0 for a single one
   */
  record Ended(
      int restart,
      @Nullable Integer exitCode,
      Cause cause,
      String detail,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      int rank)
      implements Observation {}

  /**
   * The engine was asked and does not know it. Must repeat over a grace time before core calls the
   * attempt lost.
   *
   * @param reason what exactly is not there, in words for the user
   */
  record Missing(String reason) implements Observation {}
}
