package io.wherry;

import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.Capabilities;
import java.util.Optional;

/**
 * What a target answered.
 *
 * @param target its name
 * @param available whether it can be used now
 * @param capabilities what it can do; empty if it is not available
 * @param reason why it is not; empty if it is
 */
public record TargetCheck(
    String target, boolean available, Optional<Capabilities> capabilities, String reason) {
  /**
   * This answer, if the target can be used.
   *
   * @throws WherryException {@code UNAVAILABLE} if it cannot
   */
  public TargetCheck orThrow() {
    if (!available) {
      throw new WherryException(
          Code.UNAVAILABLE, "target \"" + target + "\" is not available: " + reason);
    }
    return this;
  }

  /** {@code local is available: [TIME_LIMIT, …], this-machine 2 CPUs}. */
  @Override
  public String toString() {
    return capabilities
        .map(
            c ->
                target
                    + " is available: "
                    + c.features().stream().sorted().toList()
                    + ", nodes "
                    + c.nodeSizes())
        .orElse(target + " is not available: " + reason);
  }
}
