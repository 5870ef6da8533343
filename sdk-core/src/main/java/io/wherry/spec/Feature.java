package io.wherry.spec;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a target can do. A spec that needs a feature which its target does not declare is refused
 * before anything is uploaded.
 */
public enum Feature {
  /** Standard output and standard error stay apart. */
  SPLIT_STREAMS,
  /** Logs outlive the program: a client that was away misses no byte. */
  DURABLE_LOGS,
  /** A checkpoint folder survives attempts. */
  CHECKPOINT,
  /** A run may have more than one process on a node. */
  RANKS,
  /** A run may span several nodes, started together or not at all; implies {@link #RANKS}. */
  GANG(RANKS),
  /** Time limits are kept, also while no client is there. */
  TIME_LIMIT,
  /** Memory limits are enforced on the whole process tree. */
  MEMORY_LIMIT,
  /** Running out of memory is told apart from other failures; implies {@link #MEMORY_LIMIT}. */
  DETECTS_OUT_OF_MEMORY(MEMORY_LIMIT),
  /** At least one node has a GPU. */
  GPU,
  /** Secrets can be delivered. */
  SECRETS,
  /** Java programs run: a Java of the needed version is there. */
  JAVA,
  /** Processes that fled into a session of their own end with the run, without exception. */
  KILLS_ESCAPED_PROCESSES,
  /** Runs go on while no client is there. */
  SURVIVES_CLIENT;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is
  private final Set<Feature> implied;

  Feature(Feature... implied) {
    this.implied = Set.of(implied);
  }

  /** These features and all that they imply. */
  public static Set<Feature> closure(Set<Feature> features) {
    EnumSet<Feature> all = EnumSet.noneOf(Feature.class);
    features.forEach(f -> f.addTo(all));
    return Set.copyOf(all);
  }

  private void addTo(Set<Feature> all) {
    if (all.add(this)) {
      implied.forEach(f -> f.addTo(all));
    }
  }
}
