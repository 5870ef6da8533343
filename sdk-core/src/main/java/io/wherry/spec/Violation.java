package io.wherry.spec;

import static java.util.Objects.requireNonNull;

/**
 * One thing that is wrong with a spec.
 *
 * @param path where in the spec, as the user wrote it: {@code resources.gpus}
 * @param value the value found there, never a secret
 * @param rule the rule that it breaks
 * @param nextStep what the user can do about it
 */
public record Violation(String path, String value, String rule, String nextStep) {
  public Violation {
    requireNonNull(path, "path");
    requireNonNull(value, "value");
    requireNonNull(rule, "rule");
    requireNonNull(nextStep, "nextStep");
  }

  /** {@code resources.gpus = 1: no node has a GPU -> ask for 0 GPUs}. */
  @Override
  public String toString() {
    return path + " = " + value + ": " + rule + " -> " + nextStep;
  }
}
