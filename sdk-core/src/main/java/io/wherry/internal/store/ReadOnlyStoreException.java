package io.wherry.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * A change was asked of a store that is open for reading only, or whose folder cannot be written.
 */
public final class ReadOnlyStoreException extends StoreException {
  private static final long serialVersionUID = 1L;

  ReadOnlyStoreException(String message, @Nullable Throwable cause) {
    super(Code.READ_ONLY, message, cause);
  }
}
