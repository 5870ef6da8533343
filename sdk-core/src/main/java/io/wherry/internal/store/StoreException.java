package io.wherry.internal.store;

import io.wherry.spec.WherryException;
import org.jspecify.annotations.Nullable;

/**
 * The store could not do what it was asked for; what it held before is unharmed. The message ends
 * with the next step.
 */
public sealed class StoreException extends WherryException
    permits CorruptStoreException, ReadOnlyStoreException {
  private static final long serialVersionUID = 1L;

  StoreException(String message, @Nullable Throwable cause) {
    this(Code.IO, message, cause);
  }

  StoreException(Code code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
