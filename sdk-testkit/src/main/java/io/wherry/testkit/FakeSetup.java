package io.wherry.testkit;

import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spec.RunSpec;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Capabilities;
import io.wherry.spi.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What all backends of one fake engine share.
 *
 * @param kind the kind that their provider has
 * @param features what the engine can do
 * @param requeues causes after which the engine starts a workload again by itself
 * @param nodes its nodes
 * @param pollInterval how often core shall look, in real time
 * @param programs what each run does
 * @param staging where content is put
 * @param virtualTime who knows whether waiting makes sense
 */
record FakeSetup(
    String kind,
    FakeEngine engine,
    Set<Feature> features,
    Set<Cause> requeues,
    NodeSize nodes,
    Duration pollInterval,
    Function<RunSpec, Behaviour> programs,
    Function<BackendContext, BlobStore> staging,
    Optional<VirtualTime> virtualTime) {

  Capabilities capabilities() {
    return new Capabilities(
        features, List.of(nodes), pollInterval, Duration.ofSeconds(10), Map.of());
  }
}
