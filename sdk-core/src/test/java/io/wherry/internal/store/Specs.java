package io.wherry.internal.store;

import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Specs for tests. */
final class Specs {
  private Specs() {}

  static RunSpec named(String name) {
    return with(name, Map.of(), Map.of(), null, 0);
  }

  static RunSpec labelled(String name, Map<String, String> tags, Map<String, String> params) {
    return with(name, tags, params, null, 0);
  }

  static RunSpec keyed(String name, String idempotencyKey) {
    return with(name, Map.of(), Map.of(), idempotencyKey, 0);
  }

  static RunSpec with(
      String name,
      Map<String, String> tags,
      Map<String, String> params,
      String idempotencyKey,
      int priority) {
    return new RunSpec(
        name,
        "local",
        new Program.Command(List.of("true")),
        null,
        params,
        Map.of(),
        Set.of(),
        Map.of(),
        Map.of(),
        Resources.DEFAULT,
        1,
        1,
        null,
        null,
        Duration.ofSeconds(10),
        priority,
        RetryPolicy.NONE,
        tags,
        idempotencyKey,
        Map.of());
  }
}
