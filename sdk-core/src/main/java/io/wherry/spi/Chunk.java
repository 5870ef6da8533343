package io.wherry.spi;

/**
 * Bytes of a stream. The array is the receiver's own.
 *
 * @param bytes the bytes, may be empty
 * @param next where to read on
 * @param gap what the engine has lost just before these bytes, in words; empty if nothing
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
public record Chunk(byte[] bytes, Cursor next, String gap) {
  /** Bytes without a gap before them. */
  public Chunk(byte[] bytes, Cursor next) {
    this(bytes, next, "");
  }
}
