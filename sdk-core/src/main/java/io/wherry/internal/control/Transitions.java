package io.wherry.internal.control;

import static io.wherry.spec.RunState.CANCELED;
import static io.wherry.spec.RunState.COLLECTING;
import static io.wherry.spec.RunState.CREATED;
import static io.wherry.spec.RunState.FAILED;
import static io.wherry.spec.RunState.LOST;
import static io.wherry.spec.RunState.PREPARING;
import static io.wherry.spec.RunState.QUEUED;
import static io.wherry.spec.RunState.RUNNING;
import static io.wherry.spec.RunState.SUCCEEDED;

import io.wherry.spec.RunState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which state of an attempt may follow which: the only place that says so. States that an
 * observation skipped (a program that had ended before the first look) may be left out, none may be
 * gone back to.
 */
public final class Transitions {
  private static final Map<RunState, Set<RunState>> TABLE = new EnumMap<>(RunState.class);

  static {
    row(CREATED, PREPARING, QUEUED, FAILED, CANCELED);
    row(PREPARING, QUEUED, FAILED, CANCELED);
    row(QUEUED, RUNNING, COLLECTING, FAILED, CANCELED, LOST);
    row(RUNNING, COLLECTING, FAILED, CANCELED, LOST);
    row(COLLECTING, SUCCEEDED, FAILED, CANCELED, LOST);
    row(SUCCEEDED);
    row(FAILED);
    row(CANCELED);
    row(LOST);
  }

  private Transitions() {}

  private static void row(RunState from, RunState... to) {
    Set<RunState> targets = EnumSet.noneOf(RunState.class);
    targets.addAll(Set.of(to));
    TABLE.put(from, targets);
  }

  /** Whether {@code to} may follow {@code from} directly. */
  public static boolean allowed(RunState from, RunState to) {
    return successors(from).contains(to);
  }

  /** The states that may follow directly; empty for a final one. */
  public static Set<RunState> successors(RunState from) {
    return Set.copyOf(TABLE.getOrDefault(from, Set.of()));
  }

  /**
   * Refuses an illegal step.
   *
   * @throws IllegalStateException if {@code to} may not follow {@code from}
   */
  static void check(RunState from, RunState to) {
    if (!allowed(from, to)) {
      throw new IllegalStateException("an attempt cannot go from " + from + " to " + to);
    }
  }

  /**
   * The table as a Mermaid state diagram; {@code docs/run-states.md} holds it and a test compares.
   */
  public static String diagram() {
    StringBuilder text = new StringBuilder("stateDiagram-v2\n  [*] --> CREATED\n");
    for (RunState from : RunState.values()) {
      for (RunState to : RunState.values()) {
        if (allowed(from, to)) {
          text.append("  ").append(from).append(" --> ").append(to).append('\n');
        }
      }
      if (from.isFinal()) {
        text.append("  ").append(from).append(" --> [*]\n");
      }
    }
    return text.toString();
  }
}
