package io.wherry.testkit;

import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Specs with nothing special about them. */
final class Specs {
  private Specs() {}

  static RunSpec of(Program program) {
    return new RunSpec(
        "job",
        "fake",
        program,
        null,
        Map.of(),
        Map.of(),
        Set.of(),
        Map.of(),
        Map.of(),
        Resources.DEFAULT,
        1,
        1,
        null,
        null,
        Duration.ZERO,
        0,
        RetryPolicy.NONE,
        Map.of(),
        null,
        Map.of());
  }
}
