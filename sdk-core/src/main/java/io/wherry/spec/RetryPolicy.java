package io.wherry.spec;

import java.util.Set;

/**
 * When a failed attempt is followed by another one.
 *
 * @param attempts how many attempts there may be in all, at least 1
 * @param causes causes that are retried
 * @param exitCodes exit codes of the user's program that are retried
 */
public record RetryPolicy(int attempts, Set<Cause> causes, Set<Integer> exitCodes) {
  /** One attempt, no retry. */
  public static final RetryPolicy NONE = new RetryPolicy(1, Set.of(), Set.of());

  public RetryPolicy {
    causes = Set.copyOf(causes);
    exitCodes = Set.copyOf(exitCodes);
  }
}
