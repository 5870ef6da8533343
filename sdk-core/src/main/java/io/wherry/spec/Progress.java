package io.wherry.spec;

/**
 * How far a program says that it is.
 *
 * @param done work done, in the program's own unit
 * @param total work in all, 0 if not known
 * @param message what it is doing, may be empty
 */
public record Progress(long done, long total, String message) {
  /** {@code done / total} between 0 and 1, or 0 where the total is not known. */
  public double fraction() {
    return total <= 0 ? 0 : Math.min(1, Math.max(0, (double) done / total));
  }
}
