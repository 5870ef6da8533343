package io.wherry.internal.store;

import io.wherry.spec.RunState;

/**
 * The number that stands for a state in the database. Final ones are 5 and above, as the schema
 * says.
 */
final class StateNumber {
  private static final RunState[] STATES = RunState.values();

  private StateNumber() {}

  @SuppressWarnings("EnumOrdinal") // a test holds the order
  static int of(RunState state) {
    return state.ordinal();
  }

  static RunState state(int number) {
    return STATES[number];
  }
}
