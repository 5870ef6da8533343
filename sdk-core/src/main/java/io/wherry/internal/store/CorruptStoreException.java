package io.wherry.internal.store;

import org.jspecify.annotations.Nullable;

/** The file is damaged or not a store of this product. It was left as it is. */
public final class CorruptStoreException extends StoreException {
  private static final long serialVersionUID = 1L;

  CorruptStoreException(String message, @Nullable Throwable cause) {
    super(Code.CORRUPT, message, cause);
  }
}
