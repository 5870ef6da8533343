package io.wherry.spi;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A call to an engine that did not work, classified so that core knows what to do. The message is
 * for the user.
 */
public final class BackendException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What core does about it. */
  public enum Kind {
    /** It may work later: core tries again with back-off; nothing is judged meanwhile. */
    TRANSIENT,
    /** The engine refuses this request for good: the attempt ends with the message as reason. */
    REJECTED,
    /** The engine does not let us in: the target becomes unavailable, its runs are not failed. */
    UNAUTHORIZED,
    /** Launch only: it may have happened. Core asks again with the same key. */
    AMBIGUOUS
  }

  private final Kind kind;

  /** Makes an exception; the message ends with the next step where there is one. */
  public BackendException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = requireNonNull(kind, "kind");
  }

  /** Makes an exception without an underlying one. */
  public BackendException(Kind kind, String message) {
    this(kind, message, null);
  }

  /** What core does about it. */
  public Kind kind() {
    return kind;
  }
}
