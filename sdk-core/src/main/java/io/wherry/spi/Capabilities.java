package io.wherry.spi;

import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a target can do, as asked from its engine.
 *
 * @param features its features, closed under implication
 * @param nodeSizes its kinds of nodes; empty = not known, so that the engine decides
 * @param pollInterval how often core shall observe when nothing wakes it
 * @param missingGrace how long {@link Observation.Missing} must repeat before an attempt is lost
 * @param facts what else is worth showing: versions, limits, why a feature is not there; by name
 */
public record Capabilities(
    Set<Feature> features,
    List<NodeSize> nodeSizes,
    Duration pollInterval,
    Duration missingGrace,
    Map<String, String> facts) {
  public Capabilities {
    features = Feature.closure(features);
    nodeSizes = List.copyOf(nodeSizes);
    facts = Map.copyOf(facts);
  }
}
