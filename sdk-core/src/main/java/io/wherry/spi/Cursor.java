package io.wherry.spi;

/**
 * A place in a stream, in words of the backend that gave it.
 *
 * @param token empty for the beginning
 */
public record Cursor(String token) {
  /** The beginning of a stream. */
  public static final Cursor START = new Cursor("");

  /** A cursor that is a byte offset; offset 0 is {@link #START}. */
  public static Cursor at(long offset) {
    return offset == 0 ? START : new Cursor(Long.toString(offset));
  }

  /** The byte offset of a cursor made by {@link #at}. */
  public long offset() {
    return token.isEmpty() ? 0 : Long.parseLong(token);
  }
}
