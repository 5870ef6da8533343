package io.wherry.internal.control;

import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import io.wherry.spec.RetryPolicy;
import io.wherry.spi.Observation;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended and why: the one place that judges. Pure.
 *
 * @param outcome how
 * @param cause why
 * @param exitCode exit code of the process that decided, null if there is none
 * @param rank rank of that process
 * @param reason why, in words for the user; empty for a plain success
 */
record Verdict(Outcome outcome, Cause cause, @Nullable Integer exitCode, int rank, String reason) {

  /** Judges an end that the engine reported. */
  static Verdict of(
      Observation.Ended ended, boolean cancelRequested, Collection<String> missingOutputs) {
    Cause cause = ended.cause();
    Integer code = ended.exitCode();
    if (cause == Cause.EXITED && code != null && code == 0) {
      return missingOutputs.isEmpty()
          ? new Verdict(Outcome.SUCCEEDED, cause, 0, ended.rank(), "")
          : new Verdict(
              Outcome.FAILED,
              Cause.OUTPUT_MISSING,
              0,
              ended.rank(),
              "exit code 0, but the program did not write "
                  + String.join(", ", missingOutputs)
                  + " -> write it to $WHERRY_OUTPUT_<NAME> or RunContext.output(name)");
    }
    if (cause == Cause.STOPPED && cancelRequested) {
      return new Verdict(Outcome.CANCELED, cause, code, ended.rank(), "canceled");
    }
    return new Verdict(Outcome.FAILED, cause, code, ended.rank(), words(ended));
  }

  /** Judges an attempt that the engine does not know (any more). */
  static Verdict missing(String reason, boolean cancelRequested) {
    return cancelRequested
        ? new Verdict(Outcome.CANCELED, Cause.STOPPED, null, 0, "canceled; " + reason)
        : new Verdict(Outcome.LOST, Cause.MISSING, null, 0, reason);
  }

  /** Judges an attempt whose program never began. */
  static Verdict notStarted(String reason) {
    return new Verdict(Outcome.FAILED, Cause.NOT_STARTED, null, 0, reason);
  }

  /** An attempt that the user canceled before its program began. */
  static Verdict canceledBeforeStart() {
    return new Verdict(Outcome.CANCELED, Cause.STOPPED, null, 0, "canceled before it started");
  }

  /** An attempt that the engine took back to start it again. */
  static Verdict requeued() {
    return new Verdict(
        Outcome.FAILED, Cause.REQUEUED, null, 0, "the engine took it back and starts it again");
  }

  /**
   * Whether core shall make another attempt. What the engine requeues by itself is not retried
   * twice.
   */
  boolean retried(RetryPolicy policy, int attempt, Set<Cause> requeuedByEngine) {
    if (outcome == Outcome.SUCCEEDED || outcome == Outcome.CANCELED) {
      return false;
    }
    boolean selected =
        policy.causes().contains(cause)
            || (exitCode != null && cause == Cause.EXITED && policy.exitCodes().contains(exitCode));
    return selected && attempt < policy.attempts() && !requeuedByEngine.contains(cause);
  }

  private static String words(Observation.Ended ended) {
    String what =
        switch (ended.cause()) {
          case EXITED, SIGNALED -> "";
          case STOPPED -> "stopped by something other than this workspace";
          case TIME_LIMIT -> "its time limit ran out";
          case OUT_OF_MEMORY -> "it used more memory than its limit";
          case PREEMPTED -> "preempted by the engine";
          case NODE_LOST -> "the machine went away under it";
          case NOT_STARTED -> "it was never started";
          case EXIT_UNKNOWN -> "it has ended and its exit code is not known";
          case OUTPUT_MISSING, MISSING, REQUEUED -> ended.cause().toString();
        };
    return ended.detail().isEmpty()
        ? what
        : what.isEmpty() ? ended.detail() : what + ": " + ended.detail();
  }
}
