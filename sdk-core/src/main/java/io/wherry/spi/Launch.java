package io.wherry.spi;

import java.util.Map;

/** The answer to {@link LaunchPlan#launch}. */
public sealed interface Launch {
  /** The engine has taken them; it may still let them wait. */
  record Taken(Map<LaunchKey, WorkloadHandle> handles) implements Launch {
    public Taken {
      handles = Map.copyOf(handles);
    }
  }

  /**
   * An engine without a queue has no room now, and nothing was started: core keeps the batch in its
   * own queue and asks again when something on the target ends, or after a while.
   *
   * @param reason what is taken, in words for the user
   */
  record NoRoom(String reason) implements Launch {}
}
