package io.wherry.internal.control;

import io.wherry.spec.Cause;
import io.wherry.spec.RunState;
import io.wherry.spi.WorkloadHandle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one attempt; immutable.
 *
 * @param number from 1
 * @param restart how often the engine had restarted the workload before this attempt; the launch
 *     key's attempt is {@code number - restart}
 * @param handle null until the engine has taken it
 * @param released whether its traces on the engine are gone
 */
public record AttemptRecord(
    int number,
    int restart,
    RunState state,
    String reason,
    @Nullable Cause cause,
    @Nullable Integer exitCode,
    int rank,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant ended,
    @Nullable WorkloadHandle handle,
    boolean released) {

  static AttemptRecord first(Instant now) {
    return created(1, 0, null, now);
  }

  /** The one that core makes after a failed one. */
  AttemptRecord retry(Instant now) {
    return created(number + 1, 0, null, now);
  }

  /** The one that the engine made by starting the same workload again. */
  AttemptRecord restarted(int newRestart, Instant now) {
    return created(number + newRestart - restart, newRestart, handle, now).in(RunState.QUEUED, "");
  }

  private static AttemptRecord created(
      int number, int restart, @Nullable WorkloadHandle handle, Instant now) {
    return new AttemptRecord(
        number, restart, RunState.CREATED, "", null, null, 0, now, null, null, handle, false);
  }

  /** The number in the launch key. */
  public int launchNumber() {
    return number - restart;
  }

  AttemptRecord in(RunState to, String why) {
    return new AttemptRecord(
        number, restart, to, why, cause, exitCode, rank, created, started, ended, handle, released);
  }

  AttemptRecord launchedAs(WorkloadHandle taken) {
    return new AttemptRecord(
        number, restart, state, reason, cause, exitCode, rank, created, started, ended, taken,
        released);
  }

  AttemptRecord startedAt(@Nullable Instant time) {
    return new AttemptRecord(
        number, restart, state, reason, cause, exitCode, rank, created, time, ended, handle,
        released);
  }

  AttemptRecord judged(Verdict verdict, @Nullable Instant end) {
    return new AttemptRecord(
        number,
        restart,
        verdict.outcome().state(),
        verdict.reason(),
        verdict.cause(),
        verdict.exitCode(),
        verdict.rank(),
        created,
        started,
        end,
        handle,
        handle == null); // what was never launched has left nothing
  }
}
