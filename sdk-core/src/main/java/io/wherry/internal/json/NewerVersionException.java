package io.wherry.internal.json;

/** Something stored was written by a newer Wherry than this one. Nothing was changed. */
public final class NewerVersionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what what was read, for example {@code run spec}
   * @param found the version it has
   * @param known the newest version that is understood
   */
  public NewerVersionException(String what, long found, long known) {
    super(
        what
            + " has version "
            + found
            + ", this Wherry reads up to "
            + known
            + " -> update Wherry");
  }
}
