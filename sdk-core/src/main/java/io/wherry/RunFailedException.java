package io.wherry;

import io.wherry.spec.WherryException;

/** A run did not succeed; thrown by {@link RunResult#orThrow} only. */
public final class RunFailedException extends WherryException {
  private static final long serialVersionUID = 1L;

  private final transient RunResult result;

  RunFailedException(RunResult result) {
    super(Code.RUN_FAILED, message(result));
    this.result = result;
  }

  /** How it ended. */
  public RunResult result() {
    return result;
  }

  private static String message(RunResult result) {
    StringBuilder text = new StringBuilder(result.toString());
    if (!result.lastLines().isEmpty()) {
      text.append("; its last lines:");
      result.lastLines().forEach(line -> text.append("\n  ").append(line));
    }
    return text.append("\n-> see runs().get(\"")
        .append(result.id())
        .append("\").logs() for all of it")
        .toString();
  }
}
