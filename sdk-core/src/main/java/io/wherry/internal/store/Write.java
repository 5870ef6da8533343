package io.wherry.internal.store;

import org.jspecify.annotations.Nullable;

/** A change of the store: all of it is committed, or nothing. */
@FunctionalInterface
public interface Write<T extends @Nullable Object> {
  /** Runs on the store's writer thread and must be short: no waiting, no I/O of its own. */
  @Nullable T run(Tx tx); // the checker does not follow T into lambdas
}
