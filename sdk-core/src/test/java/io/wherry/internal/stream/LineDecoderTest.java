package io.wherry.internal.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineDecoderTest {
  private static final int MAX = LineDecoder.MAX_CHARS;

  private static List<String> decode(byte[] bytes, int pieceSize) {
    List<String> lines = new ArrayList<>();
    LineDecoder.Sink sink = (text, continued) -> lines.add(text + (continued ? "\\" : ""));
    LineDecoder decoder = new LineDecoder();
    for (int at = 0; at < bytes.length; at += pieceSize) {
      int length = Math.min(pieceSize, bytes.length - at);
      byte[] piece = new byte[length];
      System.arraycopy(bytes, at, piece, 0, length);
      decoder.feed(piece, length, sink);
    }
    decoder.end(sink);
    return lines;
  }

  private static List<String> decode(String text) {
    return decode(text.getBytes(UTF_8), Integer.MAX_VALUE);
  }

  @Test
  void lines_end_at_line_feeds_and_a_last_one_needs_none() {
    assertThat(decode("a\n\nb")).containsExactly("a", "", "b");
  }

  @Test
  void a_carriage_return_before_the_line_feed_belongs_to_the_break() {
    assertThat(decode("a\r\nb\rc\n")).containsExactly("a", "b\rc");
  }

  @Test
  void malformed_bytes_become_replacement_characters() {
    byte[] bytes = {'a', (byte) 0xFF, 'b', '\n', (byte) 0xE2, (byte) 0x82, '\n'};
    assertThat(decode(bytes, 100)).containsExactly("a\uFFFDb", "\uFFFD");
  }

  @Test
  void a_line_that_is_too_long_comes_in_fragments_that_keep_surrogate_pairs_whole() {
    String head = "x".repeat(MAX - 1);
    List<String> lines = decode(head + "\uD83D\uDC27tail\nnext\n");
    assertThat(lines).containsExactly(head + "\\", "\uD83D\uDC27tail", "next");
  }

  @Test
  void a_line_of_exactly_the_longest_length_is_whole() {
    String line = "y".repeat(MAX);
    assertThat(decode(line + "\n")).containsExactly(line);
    assertThat(decode(line)).containsExactly(line);
  }

  @Test
  void the_result_does_not_depend_on_where_the_pieces_end() {
    Random random = new Random(7);
    byte[] bytes = new byte[300_000];
    for (int i = 0; i < bytes.length; i++) {
      int kind = random.nextInt(40);
      bytes[i] =
          kind == 0 && i > 200_000
              ? (byte) '\n'
              : kind < 20 ? (byte) ('a' + random.nextInt(26)) : (byte) random.nextInt(256);
      if (bytes[i] == '\n' && i < 150_000) {
        bytes[i] = 'z'; // one very long line first
      }
    }
    List<String> whole = decode(bytes, bytes.length);
    assertThat(whole.get(0)).endsWith("\\");
    for (int piece : new int[] {1, 2, 3, 7, 4096, 65_536, 65_537}) {
      assertThat(decode(bytes, piece)).as("pieces of %d", piece).isEqualTo(whole);
    }
  }
}
