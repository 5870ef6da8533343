package io.wherry;

import io.wherry.internal.control.Controller;
import io.wherry.internal.control.Target;
import io.wherry.spec.TargetSpec;
import io.wherry.spec.WherryException;
import io.wherry.spi.BackendException;
import io.wherry.spi.Capabilities;
import java.util.Optional;

/** A handle on a compute target. Thread-safe. */
public final class ComputeTarget {
  private final Controller controller;
  private final String name;
  private final TargetSpec spec;

  ComputeTarget(Controller controller, String name, TargetSpec spec) {
    this.controller = controller;
    this.name = name;
    this.spec = spec;
  }

  /** Its name in the workspace. */
  public String name() {
    return name;
  }

  /** Its kind, such as {@code local}. */
  public String kind() {
    return spec.kind();
  }

  /** How it is reached; secrets as references. */
  public TargetSpec spec() {
    return spec;
  }

  /** What it can do, as it said last; asks if it never was. Empty if it cannot be asked. */
  public Optional<Capabilities> capabilities() {
    return Optional.ofNullable(controller.targets().get(name).capabilities());
  }

  /**
   * Asks the engine now: reachable, key valid, what it can do. Blocks; the answer is a value, also
   * when it is bad.
   */
  public TargetCheck check() {
    try {
      Target target = controller.targets().get(name);
      try {
        return new TargetCheck(name, true, Optional.of(target.probe()), "");
      } catch (BackendException e) {
        return new TargetCheck(name, false, Optional.empty(), String.valueOf(e.getMessage()));
      } finally {
        controller.targets().remember(target);
      }
    } catch (WherryException e) {
      return new TargetCheck(name, false, Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  /** {@code hpc (slurm)}. */
  @Override
  public String toString() {
    return name + " (" + spec.kind() + ")";
  }
}
