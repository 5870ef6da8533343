package io.wherry.spec;

/** How a run ended. */
public enum Outcome {
  /** Exit code 0 and every declared output is there. */
  SUCCEEDED,
  /** The program failed or was ended by something that the user did not ask for. */
  FAILED,
  /** The user canceled it. */
  CANCELED,
  /** The engine lost it: whether the program finished is unknown. */
  LOST;

  /** The final state of the same name. */
  public RunState state() {
    return RunState.valueOf(name());
  }
}
