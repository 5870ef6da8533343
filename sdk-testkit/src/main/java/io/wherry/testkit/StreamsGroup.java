package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Feature;
import io.wherry.spi.BackendException;
import io.wherry.spi.Channel;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.LocalStreams;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.StreamRef;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every byte once, in order, from any cursor. */
abstract class StreamsGroup extends Group {
  private static final int LONG = 5 * 1024;

  @Test
  final void bytes_of_any_value_come_through_in_chunks_of_any_size() throws Exception {
    byte[] content = new byte[5_000];
    new Random(7).nextBytes(content);
    WorkloadHandle handle = bench().job(Job.INPUT).input("data", bench().blob(content)).launch();
    bench().awaitEnd(handle);

    for (int maxBytes : new int[] {1, 7, 1_000, 1 << 20}) {
      assertThat(bench().bytes(bench().backend(), out(handle), Cursor.START, maxBytes))
          .as("in chunks of %d", maxBytes)
          .isEqualTo(content);
    }
  }

  @Test
  final void a_long_line_without_an_end_comes_through() throws Exception {
    WorkloadHandle handle = bench().job(Job.LONG_LINE, Integer.toString(LONG)).launch();
    bench().awaitEnd(handle);

    byte[] line = new byte[LONG * 1024];
    Arrays.fill(line, (byte) 'x');
    assertThat(Arrays.equals(bench().bytes(handle, 0, Channel.OUT), line)).isTrue();
    assertThat(bench().bytes(bench().backend(), out(handle), Cursor.START, 65_537))
        .hasSize(line.length);
  }

  @Test
  final void read_while_it_is_written_every_byte_comes_once() throws Exception {
    WorkloadHandle handle = bench().job(Job.TICKS, "4").launch();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    Cursor[] cursor = {Cursor.START};
    bench()
        .await(
            "end of " + handle,
            () -> {
              boolean ended = bench().observe(handle) instanceof Ended;
              cursor[0] = readOn(bench().backend(), out(handle), cursor[0], 3, read);
              return ended ? Optional.of(true) : Optional.empty();
            });
    readOn(bench().backend(), out(handle), cursor[0], 3, read);

    assertThat(read.toString(StandardCharsets.UTF_8)).isEqualTo(lines("tick", 4));
  }

  @Test
  final void every_cursor_ever_given_can_be_read_from_again_by_another_client() throws Exception {
    WorkloadHandle handle = bench().job(Job.ARGUMENTS, "0123456789", "abcdefghij").launch();
    bench().awaitEnd(handle);
    byte[] all = bench().bytes(handle, 0, Channel.OUT);
    Map<Cursor, byte[]> rest = new LinkedHashMap<>(Map.of(Cursor.START, all));
    Cursor cursor = Cursor.START;
    for (int seen = 0; seen < all.length; ) {
      Chunk chunk = bench().chunk(out(handle), cursor, 5);
      seen += chunk.bytes().length;
      cursor = new Cursor(chunk.next().token());
      rest.put(cursor, Arrays.copyOfRange(all, seen, all.length));
    }

    WorkloadBackend other = bench().open();
    for (Map.Entry<Cursor, byte[]> entry : rest.entrySet()) {
      assertThat(bench().bytes(other, out(handle), entry.getKey(), 4)).isEqualTo(entry.getValue());
    }
  }

  @Test
  final void at_the_end_there_is_no_news_and_the_cursor_stays() throws Exception {
    WorkloadHandle handle = bench().job(Job.EXIT, "0").launch();
    bench().awaitEnd(handle);
    Chunk last = bench().chunk(out(handle), Cursor.START, 1 << 20);

    Chunk after = bench().backend().read(Map.of(out(handle), last.next()), 100).get(out(handle));

    assertThat(after == null ? 0 : after.bytes().length).isZero();
    assertThat(after == null ? last.next() : after.next()).isEqualTo(last.next());
  }

  @Test
  final void a_program_that_prints_nothing_has_an_empty_stream() throws Exception {
    WorkloadHandle handle = bench().job(Job.ARGUMENTS).launch();
    bench().awaitEnd(handle);

    assertThat(bench().bytes(handle, 0, Channel.OUT)).isEmpty();
    assertThat(bench().bytes(handle, 0, Channel.ERR)).isEmpty();
    assertThat(bench().bytes(handle, 0, Channel.EVENTS)).isEmpty();
  }

  @Test
  final void standard_error_is_apart_from_standard_output() throws Exception {
    WorkloadHandle handle = bench().job(Job.CHANNELS).launch();
    bench().awaitEnd(handle);

    if (bench().has(Feature.SPLIT_STREAMS)) {
      assertThat(bench().text(handle, 0, Channel.OUT)).isEqualTo("out\n");
      assertThat(bench().text(handle, 0, Channel.ERR)).isEqualTo("err\n");
    } else {
      assertThat(bench().text(handle, 0, Channel.OUT).lines())
          .containsExactlyInAnyOrder("out", "err");
      assertThat(bench().text(handle, 0, Channel.ERR)).isEmpty();
    }
  }

  @Test
  final void the_events_file_is_a_stream_of_its_own() throws Exception {
    WorkloadHandle handle = bench().job(Job.CHANNELS).launch();
    bench().awaitEnd(handle);

    assertThat(bench().text(handle, 0, Channel.EVENTS)).isEqualTo("event\n");
  }

  @Test
  final void many_streams_are_read_in_one_call() throws Exception {
    WorkloadHandle one = bench().job(Job.ARGUMENTS, "of one").launch();
    WorkloadHandle two = bench().job(Job.ARGUMENTS, "of two").launch();
    bench().awaitEnd(one);
    bench().awaitEnd(two);

    Map<StreamRef, Chunk> read =
        bench().backend().read(Map.of(out(one), Cursor.START, out(two), Cursor.START), 100);

    assertThat(read).containsOnlyKeys(out(one), out(two));
    assertThat(read.values())
        .extracting(chunk -> new String(chunk.bytes(), StandardCharsets.UTF_8))
        .containsExactlyInAnyOrder("of one\0", "of two\0");
    assertThat(bench().backend().read(Map.of(), 100)).isEmpty();
  }

  @Test
  final void a_lent_file_holds_the_same_bytes() throws Exception {
    WorkloadHandle handle = bench().job(Job.CHANNELS).launch();
    bench().awaitEnd(handle);
    Optional<LocalStreams> lender = bench().backend().facet(LocalStreams.class);
    if (lender.isEmpty()) {
      assertThat(bench().text(handle)).startsWith("out\n");
      return;
    }
    Path file = lender.get().file(out(handle)).orElseThrow();

    assertThat(Files.readAllBytes(file)).isEqualTo(bench().bytes(handle, 0, Channel.OUT));
  }

  private static Cursor readOn(
      WorkloadBackend backend,
      StreamRef stream,
      Cursor from,
      int maxBytes,
      ByteArrayOutputStream to)
      throws BackendException {
    Cursor cursor = from;
    for (; ; ) {
      Chunk chunk = backend.read(Map.of(stream, cursor), maxBytes).get(stream);
      if (chunk == null || chunk.bytes().length == 0) {
        return cursor;
      }
      to.writeBytes(chunk.bytes());
      cursor = chunk.next();
    }
  }

  private static String lines(String word, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(word).append(' ').append(i).append('\n');
    }
    return text.toString();
  }

  private static StreamRef out(WorkloadHandle handle) {
    return new StreamRef(handle, 0, 0, Channel.OUT);
  }
}
