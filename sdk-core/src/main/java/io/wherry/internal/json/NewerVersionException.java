package io.wherry.internal.json;

import io.wherry.spec.WherryException;

/** Something stored was written by a newer Wherry than this one. Nothing was changed. */
public final class NewerVersionException extends WherryException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param what what was read, for example {@code run spec}
   * @param found the version it has
   * @param known the newest version that is understood
   */
  public NewerVersionException(String what, long found, long known) {
    super(
        Code.NEWER_VERSION,
        what
            + " has version "
            + found
            + ", this Wherry reads up to "
            + known
            + " -> update Wherry");
  }
}
