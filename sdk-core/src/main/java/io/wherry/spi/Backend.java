package io.wherry.spi;

import java.util.Optional;

/** One target's connection to its engine. Thread-safe. */
public sealed interface Backend extends AutoCloseable permits WorkloadBackend {
  /**
   * Asks the engine what it can do now. Core stores the answer with its time.
   *
   * @throws BackendException if the engine can't be asked; the target is then unavailable, its runs
   *     are not failed
   */
  Capabilities probe() throws BackendException;

  /** A native extra, empty where the engine has none. */
  default <F extends Facet> Optional<F> facet(Class<F> type) {
    return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
  }

  /** Lets go of connections and threads. Never stops a workload. Idempotent. */
  @Override
  void close();
}
