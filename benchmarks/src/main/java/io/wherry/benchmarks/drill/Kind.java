package io.wherry.benchmarks.drill;

import io.wherry.RunDraft;
import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The mix: what each run of a wave does, and how it has to end. */
enum Kind {
  CANCEL(Outcome.CANCELED, Cause.STOPPED, -1),
  LOG(Outcome.SUCCEEDED, Cause.EXITED, 0),
  JAVA(Outcome.SUCCEEDED, Cause.EXITED, 0),
  METRICS(Outcome.SUCCEEDED, Cause.EXITED, 0),
  RETRIED(Outcome.SUCCEEDED, Cause.EXITED, 0),
  SUCCESS(Outcome.SUCCEEDED, Cause.EXITED, 0),
  FAILURE(Outcome.FAILED, Cause.EXITED, 7),
  RANKS(Outcome.SUCCEEDED, Cause.EXITED, 0),
  OUTPUT(Outcome.SUCCEEDED, Cause.EXITED, 0),
  TIME_LIMIT(Outcome.FAILED, Cause.TIME_LIMIT, -1),
  EXHAUSTED(Outcome.FAILED, Cause.EXITED, 75),
  NO_OUTPUT(Outcome.FAILED, Cause.OUTPUT_MISSING, 0),
  QUEUED(Outcome.SUCCEEDED, Cause.EXITED, 0),
  CANCELED_IN_QUEUE(Outcome.CANCELED, Cause.STOPPED, -1);

  private final Outcome outcome;
  private final Cause cause;
  private final int exitCode;

  /** Exit code -1: none is promised. */
  Kind(Outcome outcome, Cause cause, int exitCode) {
    this.outcome = outcome;
    this.cause = cause;
    this.exitCode = exitCode;
  }

  /** The runs of a wave: a JVM is slow to start, so that one comes every few waves only. */
  static List<Kind> of(int wave) {
    return Arrays.stream(values()).filter(kind -> kind != JAVA || wave % 4 == 0).toList();
  }

  Outcome outcome() {
    return outcome;
  }

  Cause cause() {
    return cause;
  }

  int exitCode() {
    return exitCode;
  }

  boolean isCanceled() {
    return this == CANCEL || this == CANCELED_IN_QUEUE;
  }

  /** Whether somebody else than the program decides when it ends, perhaps before its first line. */
  boolean isStopped() {
    return isCanceled() || this == TIME_LIMIT;
  }

  int attempts() {
    return this == RETRIED ? 3 : this == EXHAUSTED ? 2 : 1;
  }

  int ranks() {
    return this == RANKS ? 2 : 1;
  }

  /** Adds what is particular about this kind. */
  void shape(RunDraft draft) {
    switch (this) {
      case TIME_LIMIT -> draft.timeLimit(Duration.ofMillis(700));
      case RETRIED -> draft.retry(r -> r.attempts(4).onExitCodes(75));
      case EXHAUSTED -> draft.retry(r -> r.attempts(2).onExitCodes(75));
      case RANKS -> draft.processesPerNode(2);
      case OUTPUT -> draft.output("model").output("report");
      case NO_OUTPUT -> draft.output("model");
      case QUEUED -> draft.priority(-1);
      case CANCELED_IN_QUEUE -> draft.priority(-2);
      case CANCEL, LOG, JAVA, METRICS, SUCCESS, FAILURE -> {}
    }
  }
}
