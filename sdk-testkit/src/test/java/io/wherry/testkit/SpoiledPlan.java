package io.wherry.testkit;

import io.wherry.spec.Cause;
import io.wherry.spec.Violation;
import io.wherry.spi.BackendException;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchPlan;
import java.util.List;
import java.util.Set;

/** An honest plan, except for what a subclass spoils. */
class SpoiledPlan implements LaunchPlan {
  private final LaunchPlan honest;

  SpoiledPlan(LaunchPlan honest) {
    this.honest = honest;
  }

  @Override
  public String describe() {
    return honest.describe();
  }

  @Override
  public List<Violation> violations() {
    return honest.violations();
  }

  @Override
  public Set<Cause> requeuesOn() {
    return honest.requeuesOn();
  }

  @Override
  public Launch launch() throws BackendException {
    return honest.launch();
  }
}
