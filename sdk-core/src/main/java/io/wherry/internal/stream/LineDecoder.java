package io.wherry.internal.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes lines out of a stream of bytes that arrives in pieces. The result does not depend on where
 * the pieces end. Malformed UTF-8 becomes U+FFFD; a line of more than {@value #MAX_CHARS}
 * characters comes in fragments, so that memory stays bounded. Not thread-safe.
 */
public final class LineDecoder {
  /** The longest line that comes in one piece. */
  public static final int MAX_CHARS = 64 * 1024;

  /** Receives lines. */
  public interface Sink {
    /**
     * Takes one line or a fragment of one.
     *
     * @param text without its line break
     * @param continued whether more of the same line follows
     */
    void line(String text, boolean continued);
  }

  private final StringBuilder unfinished = new StringBuilder();
  private byte[] incomplete = new byte[0];
  private boolean inFragments;

  /** Takes the next bytes. */
  public void feed(byte[] bytes, int length, Sink sink) {
    byte[] data = bytes;
    int end = length;
    if (incomplete.length > 0) {
      data = Arrays.copyOf(incomplete, incomplete.length + length);
      System.arraycopy(bytes, 0, data, incomplete.length, length);
      end = data.length;
    }
    int whole = end - incompleteTail(data, end);
    // one decode a block, not one a line: a line break is never part of a longer UTF-8 sequence
    String text = new String(data, 0, whole, StandardCharsets.UTF_8);
    incomplete = Arrays.copyOfRange(data, whole, end);
    int from = 0;
    for (int to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      finish(text, from, to, sink);
      from = to + 1;
    }
    unfinished.append(text, from, text.length());
    drainFragments(sink);
  }

  /** Hands out what is left of a last line without line break. */
  public void end(Sink sink) {
    unfinished.append(new String(incomplete, StandardCharsets.UTF_8));
    incomplete = new byte[0];
    drainFragments(sink);
    if (unfinished.length() > 0 || inFragments) {
      emit(unfinished.toString(), sink);
      unfinished.setLength(0);
    }
  }

  private void finish(String text, int from, int to, Sink sink) {
    int end = to > from && text.charAt(to - 1) == '\r' ? to - 1 : to;
    if (unfinished.length() == 0 && end - from <= MAX_CHARS) {
      emit(text.substring(from, end), sink);
      return;
    }
    unfinished.append(text, from, to);
    drainFragments(sink);
    int length = unfinished.length();
    if (length > 0 && unfinished.charAt(length - 1) == '\r') {
      unfinished.setLength(length - 1);
    }
    emit(unfinished.toString(), sink);
    unfinished.setLength(0);
  }

  private void emit(String text, Sink sink) {
    inFragments = false;
    sink.line(text, false);
  }

  private void drainFragments(Sink sink) {
    int from = 0;
    while (unfinished.length() - from > MAX_CHARS) {
      int to = from + MAX_CHARS;
      if (Character.isHighSurrogate(unfinished.charAt(to - 1))) {
        to--;
      }
      inFragments = true;
      sink.line(unfinished.substring(from, to), true);
      from = to;
    }
    unfinished.delete(0, from);
  }

  /** How many bytes at the end begin a UTF-8 sequence that is not complete yet: 0 to 3. */
  private static int incompleteTail(byte[] data, int end) {
    for (int back = 1; back <= 3 && back <= end; back++) {
      int b = data[end - back] & 0xFF;
      if (b < 0x80) {
        return 0;
      }
      if (b >= 0xC0) {
        int needed = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
        return needed > back ? back : 0;
      }
    }
    return 0;
  }
}
