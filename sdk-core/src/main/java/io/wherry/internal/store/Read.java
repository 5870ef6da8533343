package io.wherry.internal.store;

import org.jspecify.annotations.Nullable;

/** Reads of one state of the store. */
@FunctionalInterface
public interface Read<T extends @Nullable Object> {
  /** Runs on the caller's thread; what it returns must not hold on to the reads. */
  @Nullable T run(Reads reads); // the checker does not follow T into lambdas
}
