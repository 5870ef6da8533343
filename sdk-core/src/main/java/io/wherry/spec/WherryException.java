package io.wherry.spec;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that Wherry throws at users, preconditions aside. Unchecked; the message
 * says what happened and ends with the next step.
 */
public class WherryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is, for programs. */
  public enum Code {
    /** The spec breaks rules; see {@link SpecException#violations()}. */
    INVALID_SPEC,
    /** There is nothing of that name. */
    NOT_FOUND,
    /**
     * It contradicts what is there: a name taken, runs still active, a fixed thing to be changed.
     */
    CONFLICT,
    /** Another process has the workspace open. */
    WORKSPACE_LOCKED,
    /** The workspace is open for reading only. */
    READ_ONLY,
    /** The workspace was closed. */
    CLOSED,
    /** The target can't be reached or doesn't let us in. */
    UNAVAILABLE,
    /** A file of the workspace is damaged. */
    CORRUPT,
    /** A file was written by a newer Wherry. */
    NEWER_VERSION,
    /** The run did not succeed; only {@code orThrow()} throws it. */
    RUN_FAILED,
    /** A search has a mistake in it. */
    INVALID_QUERY,
    /** Waiting was interrupted; the work goes on. */
    INTERRUPTED,
    /** Reading or writing this machine's disk failed. */
    IO
  }

  private final Code code;

  /** Makes an exception. */
  public WherryException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = requireNonNull(code, "code");
  }

  /** Makes an exception without an underlying one. */
  public WherryException(Code code, String message) {
    this(code, message, null);
  }

  /** What kind of trouble it is. */
  public final Code code() {
    return code;
  }
}
