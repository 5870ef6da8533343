package io.wherry.event;

import io.wherry.spec.Cause;
import io.wherry.spec.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a run. A run's events in order are its timeline; they are kept with
 * the run.
 */
public sealed interface RunEvent {
  /** When the workspace learned of it. */
  Instant at();

  /** The attempt that it concerns; the first is 1. */
  int attempt();

  /**
   * The attempt entered another state.
   *
   * @param reason why, in words; empty if it goes without saying
   */
  record StateChanged(Instant at, int attempt, RunState to, String reason) implements RunEvent {}

  /** Still waiting, but for another reason than before. */
  record WaitingFor(Instant at, int attempt, String reason) implements RunEvent {}

  /**
   * The user's program was started again by the engine within the same attempt.
   *
   * @param restart how often the engine has restarted it by now
   */
  record Restarted(Instant at, int attempt, int restart) implements RunEvent {}

  /**
   * The attempt is over and another one follows.
   *
   * @param cause why it ended
   * @param exitCode its exit code, null where there is none
   */
  record Retrying(Instant at, int attempt, Cause cause, @Nullable Integer exitCode)
      implements RunEvent {}

  /** The user asked for the end of the run. */
  record CancelRequested(Instant at, int attempt) implements RunEvent {}

  /**
   * Something worth knowing that changes no state: a malformed event line, a target out of reach.
   */
  record Noted(Instant at, int attempt, String text) implements RunEvent {}
}
