package io.wherry.runtime.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The events file: a sequence of records, each a text line or a binary frame. {@code
 * docs/run-protocol.md} is the definition; these are its numbers and its rule for names.
 */
public final class EventFormat {

  /** The longest text line with its newline, and the longest payload of a frame, in bytes. */
  public static final int MAX_RECORD = 1 << 20;

  /** The longest name of a metric, parameter or tag, in bytes of UTF-8. */
  public static final int MAX_NAME = 1024;

  /** How many different metric names one events file may hold. */
  public static final int MAX_NAMES = 1 << 16;

  /** The first byte of a frame; no UTF-8 text contains it. */
  public static final byte FRAME = (byte) 0xFE;

  /** The bytes of a frame before its payload: {@link #FRAME}, length, CRC32C of the payload. */
  public static final int FRAME_HEADER = 9;

  /** Payload type: entries of a key id and a metric name. */
  public static final byte DICTIONARY = 1;

  /** Payload type: points of {@link #POINT_BYTES} bytes each. */
  public static final byte POINTS = 2;

  /** Payload type: one text record without its newline; its value may contain line breaks. */
  public static final byte TEXT = 3;

  /** Key id, step, time, value. */
  public static final int POINT_BYTES = 26;

  private EventFormat() {}

  /**
   * Returns the name of a metric, parameter or tag if it is a legal one.
   *
   * @throws IllegalArgumentException if it is empty, longer than {@link #MAX_NAME}, or holds
   *     control characters or half a surrogate pair
   */
  public static String requireName(String name) {
    String problem = problemWith(name);
    if (problem != null) {
      throw new IllegalArgumentException(
          "The name \"" + printable(name) + "\" " + problem + ". Choose another name.");
    }
    return name;
  }

  /** Returns a name as a text line holds it: white space, {@code = @ %} percent-encoded. */
  public static String encodeName(String name) {
    StringBuilder out = new StringBuilder(name.length());
    name.codePoints()
        .forEach(
            c -> {
              if (c == '=' || c == '@' || c == '%' || Character.isSpaceChar(c)) {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                  out.append(String.format("%%%02X", b));
                }
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** Says what is wrong with a name, or null. */
  static @Nullable String problemWith(String name) {
    if (name.isEmpty()) {
      return "is empty";
    }
    int bytes = 0;
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      if (Character.isISOControl(c)) {
        return "contains the control character U+" + String.format("%04X", c);
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        return "contains half a surrogate pair";
      }
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      i += Character.charCount(c);
    }
    return bytes > MAX_NAME ? "has " + bytes + " bytes, more than " + MAX_NAME : null;
  }

  /** Cuts a text to what fits in a message and masks its control characters. */
  static String printable(String text) {
    String cut = text.length() <= 60 ? text : text.substring(0, 60) + "…";
    return cut.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
