package io.wherry;

import io.wherry.internal.check.SpecCheck;
import io.wherry.internal.control.Controller;
import io.wherry.internal.control.Targets;
import io.wherry.spec.SpecException;
import io.wherry.spec.TargetSpec;
import io.wherry.spec.Violation;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The compute targets of a workspace. {@code local} is always there. Thread-safe. */
public final class ComputeTargets {
  private final Controller controller;

  ComputeTargets(Controller controller) {
    this.controller = controller;
  }

  /**
   * Makes a target known by name. The same name with the same settings again does nothing. Does not
   * talk to the engine; {@link ComputeTarget#check} does.
   *
   * @throws SpecException if name or settings are wrong
   * @throws WherryException {@code CONFLICT} if the name stands for something else
   */
  public ComputeTarget attach(String name, TargetSpec spec) {
    controller.requireWritable();
    TargetSpec known = controller.targets().specs().get(name);
    if (known != null && !known.equals(spec)) {
      throw new WherryException(
          Code.CONFLICT,
          "target \""
              + name
              + "\" is attached already, as "
              + known
              + " -> use update(\""
              + name
              + "\", …) to change it");
    }
    if (known != null) {
      return get(name);
    }
    ComputeTarget target = put(name, spec);
    controller.takeUp(name);
    return target;
  }

  /**
   * Changes how an attached target is reached. Its runs go on.
   *
   * @throws SpecException if the settings are wrong
   * @throws WherryException {@code NOT_FOUND}
   */
  public ComputeTarget update(String name, TargetSpec spec) {
    controller.requireWritable();
    TargetSpec known = get(name).spec();
    if (!known.kind().equals(spec.kind()) && controller.isInUse(name)) {
      throw new WherryException(
          Code.CONFLICT,
          "target \""
              + name
              + "\" has runs that have not ended; they cannot move from "
              + known.kind()
              + " to "
              + spec.kind()
              + " -> wait for them, or attach the new one under another name");
    }
    ComputeTarget target = put(name, spec);
    controller.takeUp(name);
    return target;
  }

  private ComputeTarget put(String name, TargetSpec spec) {
    if (!SpecCheck.isName(name)) {
      throw new SpecException(
          "target \"" + name + "\"",
          List.of(
              new Violation(
                  "name",
                  name,
                  "1 to 63 letters, digits, '.', '_' and '-'",
                  "choose such a name")));
    }
    controller.targets().put(name, spec);
    controller.forget(name);
    return get(name);
  }

  /**
   * Forgets a target; never touches the foreign engine.
   *
   * @throws WherryException {@code CONFLICT} while it has runs that have not ended
   */
  public void detach(String name) {
    detach(name, false);
  }

  /**
   * The same; forced, also while it has runs that have not ended: they stay as they are until it is
   * attached again.
   */
  public void detach(String name, boolean force) {
    controller.requireWritable();
    if (name.equals(Targets.LOCAL)) {
      throw new WherryException(
          Code.CONFLICT, "target \"local\" is part of every workspace -> leave it, or use update");
    }
    get(name);
    if (!force && controller.isInUse(name)) {
      throw new WherryException(
          Code.CONFLICT,
          "target \""
              + name
              + "\" has runs that have not ended -> cancel or await them, or detach(name, true)");
    }
    controller.targets().remove(name);
    controller.forget(name);
  }

  /**
   * A target by name.
   *
   * @throws WherryException {@code NOT_FOUND} with the names that there are
   */
  public ComputeTarget get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new WherryException(
                    Code.NOT_FOUND,
                    "there is no target \""
                        + name
                        + "\"; there are "
                        + controller.targets().specs().keySet()
                        + " -> choose one of them or attach it"));
  }

  /** A target by name, empty if there is none. */
  public Optional<ComputeTarget> find(String name) {
    TargetSpec spec = controller.targets().specs().get(name);
    return spec == null ? Optional.empty() : Optional.of(new ComputeTarget(controller, name, spec));
  }

  /** All targets by name. Asks no engine. */
  public List<ComputeTarget> list() {
    List<ComputeTarget> targets = new ArrayList<>();
    controller
        .targets()
        .specs()
        .forEach((name, spec) -> targets.add(new ComputeTarget(controller, name, spec)));
    return targets;
  }

  /** The kinds of targets that the class path offers, and what could not be loaded. */
  public List<TargetKind> kinds() {
    List<TargetKind> kinds = new ArrayList<>();
    controller
        .targets()
        .providers()
        .all()
        .values()
        .forEach(p -> kinds.add(new TargetKind(p.kind(), true, "", p.configKeys())));
    controller
        .targets()
        .providers()
        .broken()
        .forEach(why -> kinds.add(new TargetKind("?", false, why, List.of())));
    return kinds;
  }
}
