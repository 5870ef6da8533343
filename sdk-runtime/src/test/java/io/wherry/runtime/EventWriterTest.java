package io.wherry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.runtime.protocol.RecordedEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventWriterTest {

  private static final System.Logger LOG = System.getLogger("io.wherry.runtime.test");

  @TempDir Path folder;

  @Test
  void the_first_record_after_a_silence_is_written_at_once() throws IOException {
    writer().metric("a", 1, 2);
    assertThat(RecordedEvents.of(events()).values("a")).containsExactly(2.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void later_records_are_written_without_a_flush(String name) throws Exception {
    EventWriter writer = writer();
    writer.metric("a", 1, 1);
    writer.metric(name, 2, 2);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!RecordedEvents.of(events()).values(name).contains(2.0)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void a_flush_writes_everything_in_its_order() throws IOException {
    EventWriter writer = writer();
    writer.metric("a b", 1, 1);
    writer.param("p=q", "two\nlines");
    writer.metric("b", Long.MIN_VALUE, Double.NEGATIVE_INFINITY);
    writer.tag("t", "ends in a return\r");
    writer.progress(1, 2, "half");
    writer.metric("a b", Long.MAX_VALUE, -0.0);
    writer.param("big", "x".repeat(900_000));
    writer.flush();
    RecordedEvents recorded = RecordedEvents.of(events());
    assertThat(recorded.warnings).isEmpty();
    assertThat(recorded.events.stream().map(e -> e.replaceAll(":\\d{13}$", "")))
        .containsExactly(
            "metric a b=1.0 @1",
            "param p=q=two\nlines",
            "metric b=-Infinity @-9223372036854775808",
            "tag t=ends in a return\r",
            "progress 1/2 half",
            "metric a b=-0.0 @9223372036854775807",
            "param big=" + "x".repeat(900_000));
  }

  @Test
  void many_threads_lose_and_tear_nothing_even_when_interrupted() throws Exception {
    EventWriter writer = writer();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String name = "m" + t;
      Thread thread =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                for (int i = 0; i < 20_000; i++) {
                  writer.metric(name, i, i);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    writer.flush();
    RecordedEvents recorded = RecordedEvents.of(events());
    assertThat(recorded.warnings).isEmpty();
    for (int t = 0; t < 4; t++) {
      assertThat(recorded.values("m" + t)).hasSize(20_000).isSorted();
    }
  }

  @Test
  void half_a_record_of_an_earlier_writer_costs_the_next_one_nothing() throws IOException {
    Files.write(events(), new byte[] {(byte) 0xFE, 99, 0, 0, 0, 1, 2, 3, 4, 5});
    EventWriter writer = writer();
    writer.metric("a", 1, 1);
    writer.flush();
    assertThat(RecordedEvents.of(events()).values("a")).containsExactly(1.0);
  }

  @Test
  void a_second_writer_of_the_same_file_does_not_mix_up_the_names() throws IOException {
    EventWriter first = writer();
    EventWriter second = writer();
    for (int i = 0; i < 3; i++) {
      first.metric("one", i, 1);
      second.metric("two things", i, Double.POSITIVE_INFINITY);
    }
    first.flush();
    second.flush();
    RecordedEvents recorded = RecordedEvents.of(events());
    assertThat(recorded.warnings).isEmpty();
    assertThat(recorded.values("one")).containsExactly(1.0, 1.0, 1.0);
    assertThat(recorded.values("two things")).hasSize(3).containsOnly(Double.POSITIVE_INFINITY);
  }

  @Test
  void a_full_disk_fails_no_metric_but_is_told_to_the_flush() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full");
    EventWriter writer = new EventWriter(full, LOG);
    for (int i = 0; i < 10_000; i++) {
      writer.metric("a", i, i);
    }
    writer.param("p", "x".repeat(100_000));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(writer::flush)
        .withMessageContaining("/dev/full")
        .withMessageEndingWith("Free disk space.");
  }

  @Test
  void a_missing_folder_is_told_to_the_flush_and_healed_when_it_appears() throws IOException {
    Path file = folder.resolve("later/events");
    EventWriter writer = new EventWriter(file, LOG);
    writer.metric("a", 1, 1);
    assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(writer::flush);
    Files.createDirectory(file.getParent());
    writer.metric("a", 2, 2);
    writer.flush();
    assertThat(RecordedEvents.of(file).values("a")).containsExactly(2.0);
  }

  @Test
  void bad_names_are_refused() {
    EventWriter writer = writer();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.metric("a\u0007b", 1, 1))
        .withMessage(
            "The name \"a?b\" contains the control character U+0007. Choose another name.");
  }

  private Path events() {
    return folder.resolve("events");
  }

  private EventWriter writer() {
    try {
      Files.write(events(), new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new EventWriter(events(), LOG);
  }
}
