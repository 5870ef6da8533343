package io.wherry;

import io.wherry.spec.Cause;
import io.wherry.spec.RetryPolicy;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * When a failed attempt is followed by another; the part of a {@link RunDraft} given to {@code
 * retry(r -> …)}. For one thread.
 */
public final class RetryDraft {
  private int attempts = 1;
  private final Set<Cause> causes = EnumSet.noneOf(Cause.class);
  private final Set<Integer> exitCodes = new HashSet<>();

  RetryDraft() {}

  /** How many attempts there may be in all; 1 if not said. */
  public RetryDraft attempts(int most) {
    this.attempts = most;
    return this;
  }

  /** Causes that are retried; adds to earlier ones. */
  public RetryDraft on(Cause... retried) {
    this.causes.addAll(List.of(retried));
    return this;
  }

  /** Exit codes of the program that are retried; adds to earlier ones. */
  public RetryDraft onExitCodes(int... codes) {
    for (int code : codes) {
      exitCodes.add(code);
    }
    return this;
  }

  RetryPolicy toPolicy() {
    return new RetryPolicy(attempts, causes, exitCodes);
  }
}
