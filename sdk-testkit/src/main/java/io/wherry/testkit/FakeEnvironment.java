package io.wherry.testkit;

import io.wherry.spec.Feature;
import io.wherry.spec.RunSpec;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.Workload;
import io.wherry.spi.help.RunSecrets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The variables that a fake run finds. */
final class FakeEnvironment {
  private FakeEnvironment() {}

  /** Those that all processes have. */
  static Map<String, String> of(Workload workload, BackendContext context, Set<Feature> features)
      throws BackendException {
    RunSpec spec = workload.spec();
    Map<String, String> env = new LinkedHashMap<>(spec.env());
    env.putAll(RunSecrets.resolve(spec, context));
    env.put("WHERRY_RUN_ID", workload.key().runId());
    if (features.contains(Feature.CHECKPOINT)) {
      env.put("WHERRY_CHECKPOINT", "/checkpoint");
    }
    env.put("WHERRY_EVENTS", "/events");
    spec.params().forEach((name, value) -> env.put("WHERRY_PARAM_" + variable(name), value));
    spec.inputs().keySet().forEach(n -> env.put("WHERRY_INPUT_" + variable(n), "/inputs/" + n));
    spec.outputs().forEach(n -> env.put("WHERRY_OUTPUT_" + variable(n), "/outputs/" + n));
    return env;
  }

  /** Those that one process has. */
  static Map<String, String> ofRank(
      Map<String, String> common, RunSpec spec, int attempt, int rank) {
    Map<String, String> env = new LinkedHashMap<>(common);
    env.put("WHERRY_ATTEMPT", Integer.toString(attempt));
    env.put("RANK", Integer.toString(rank));
    env.put("WORLD_SIZE", Integer.toString(spec.worldSize()));
    env.put("LOCAL_RANK", Integer.toString(rank % spec.processesPerNode()));
    env.put("NODE_RANK", Integer.toString(rank / spec.processesPerNode()));
    env.put("MASTER_ADDR", "127.0.0.1");
    env.put("MASTER_PORT", "29500");
    return env;
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
