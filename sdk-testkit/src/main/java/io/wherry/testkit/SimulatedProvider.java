package io.wherry.testkit;

import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spec.RunSpec;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.Backend;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.ConfigKey;
import io.wherry.spi.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The fake engine as a target of a simulation: content stays in the workspace, and waiting is asked
 * about.
 */
final class SimulatedProvider implements BackendProvider {
  static final String KIND = "simulated";

  /** In real time: what the clock does not wake, such as start time-outs, is seen this soon. */
  private static final Duration POLL = Duration.ofMillis(10);

  private final FakeSetup setup;

  SimulatedProvider(
      FakeEngine engine,
      Set<Feature> features,
      Set<Cause> requeues,
      NodeSize nodes,
      Function<RunSpec, Behaviour> programs,
      VirtualTime waiting) {
    setup =
        new FakeSetup(
            KIND,
            engine,
            features,
            requeues,
            nodes,
            POLL,
            programs,
            BackendContext::blobs,
            Optional.of(waiting));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public Backend open(TargetSpec target, BackendContext context) {
    return new FakeBackend(setup, context);
  }
}
