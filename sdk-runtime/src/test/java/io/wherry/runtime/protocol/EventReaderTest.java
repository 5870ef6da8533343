package io.wherry.runtime.protocol;

import static io.wherry.runtime.protocol.Frames.dictionary;
import static io.wherry.runtime.protocol.Frames.frame;
import static io.wherry.runtime.protocol.Frames.join;
import static io.wherry.runtime.protocol.Frames.line;
import static io.wherry.runtime.protocol.Frames.point;
import static io.wherry.runtime.protocol.Frames.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventReaderTest {

  @Test
  void a_line_holds_many_points_and_a_step_counts_for_those_after_it() {
    assertThat(read(line("metric a=1 b=2 @3 a=4 b=5e-1 @4:99 a=-6 @5 a=7")).events)
        .containsExactly(
            "metric a=1.0 @0:7",
            "metric b=2.0 @0:7",
            "metric a=4.0 @3:7",
            "metric b=0.5 @3:7",
            "metric a=-6.0 @4:99",
            "metric a=7.0 @5:7");
  }

  @Test
  void nan_and_infinities_are_kept_in_any_case() {
    assertThat(
            read(line("metric a=nan a=NaN a=-NAN a=inf a=+INF a=-inf a=Infinity a=-infinity"))
                .values("a"))
        .containsExactly(
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY);
  }

  @Test
  void names_are_percent_decoded_and_their_spellings_are_one_metric() {
    List<Integer> keys = new ArrayList<>();
    RecordedEvents recorded = new RecordedEvents();
    EventSink sink =
        new EventSink() {
          @Override
          public void metric(int key, String name, long step, long epochMillis, double value) {
            keys.add(key);
            recorded.metric(key, name, step, epochMillis, value);
          }

          @Override
          public void param(String name, String value) {}

          @Override
          public void tag(String name, String value) {}

          @Override
          public void progress(long done, long total, String message) {}

          @Override
          public void warning(String text, long offset) {}
        };
    byte[] bytes =
        join(line("metric x=0 a%20b=1 %61%20b=2 %C3%A9%3d=3 %zz%=4"), dictionary(9, "a b"));
    byte[] all = join(bytes, point(9, 1, 2, 3));
    new EventReader(sink, () -> 7).feed(all, 0, all.length);
    assertThat(keys).containsExactly(0, 1, 1, 2, 3, 1);
    assertThat(recorded.events)
        .contains("metric a b=1.0 @0:7", "metric é==3.0 @0:7", "metric %zz%=4.0 @0:7");
  }

  @Test
  void params_tags_and_progress_keep_the_rest_of_the_line() {
    assertThat(
            read(
                    line("param lr=0.1 = x "),
                    line("tag team=birds\r"),
                    line("progress 3/10 half way"))
                .events)
        .containsExactly("param lr=0.1 = x ", "tag team=birds", "progress 3/10 half way");
  }

  @Test
  void frames_and_lines_mix() {
    assertThat(
            read(
                    line("metric loss=1"),
                    dictionary(65535, "loss"),
                    point(65535, -3, 99, Double.NaN),
                    line("progress 1/2"),
                    text("param note=two\nlines"))
                .events)
        .containsExactly(
            "metric loss=1.0 @0:7",
            "metric loss=NaN @-3:99",
            "progress 1/2 ",
            "param note=two\nlines");
  }

  @Test
  void a_later_meaning_of_a_key_id_replaces_the_earlier() {
    assertThat(
            read(dictionary(0, "a"), point(0, 1, 1, 1), dictionary(0, "b"), point(0, 1, 1, 2))
                .events)
        .containsExactly("metric a=1.0 @1:1", "metric b=2.0 @1:1");
  }

  @Test
  void an_unfinished_record_waits_and_counts_once_when_it_is_whole() {
    byte[] bytes = join(line("metric a=1"), dictionary(0, "b"), point(0, 1, 2, 3));
    RecordedEvents recorded = new RecordedEvents();
    EventReader reader = new EventReader(recorded, () -> 7);
    int at = 0;
    for (int end = 0; end <= bytes.length; end++) {
      at += reader.feed(bytes, at, end - at);
    }
    assertThat(at).isEqualTo(bytes.length);
    assertThat(reader.offset()).isEqualTo(bytes.length);
    assertThat(recorded.events).containsExactly("metric a=1.0 @0:7", "metric b=3.0 @1:2");
    assertThat(recorded.warnings).isEmpty();
  }

  @Test
  void an_unfinished_last_record_is_a_warning_when_the_file_is_over() {
    RecordedEvents recorded = RecordedEvents.of("metric a=1\nmetric a=2".getBytes(UTF_8));
    assertThat(recorded.values("a")).containsExactly(1.0);
    assertThat(recorded.warnings).containsExactly("11 the last record is unfinished");
  }

  @Test
  void what_is_wrong_with_a_line_is_told_with_its_offset_and_costs_only_that_much() {
    RecordedEvents recorded =
        read(
            line("hello world"),
            line(""),
            line("metric a=1 b b=x =3 c%00=4 d=5"),
            line("metric a=2 @x a=3"),
            line("param novalue"),
            line("progress 1"),
            line("progress -1/2"),
            line("metric"));
    assertThat(recorded.events)
        .containsExactly("metric a=1.0 @0:7", "metric d=5.0 @0:7", "metric a=2.0 @0:7");
    assertThat(recorded.warnings)
        .containsExactly(
            "0 an unknown record: hello world",
            "13 a point that is not NAME=VALUE: b",
            "13 a value that is not a number: b=x",
            "13 the name \"\" is empty",
            "13 the name \"c?\" contains the control character U+0000",
            "44 a step that is not @STEP or @STEP:EPOCHMILLIS: @x",
            "62 a record that is not NAME=VALUE: novalue",
            "76 a progress that is not DONE/TOTAL: 1",
            "87 a negative progress: -1/2",
            "101 an unknown record: metric");
  }

  @Test
  void reading_goes_on_behind_a_frame_with_a_wrong_checksum() {
    byte[] broken = point(0, 1, 2, 3);
    broken[20] ^= 1;
    RecordedEvents recorded =
        read(dictionary(0, "a"), broken, line("metric b=1"), point(0, 4, 5, 6));
    assertThat(recorded.events).containsExactly("metric b=1.0 @0:7", "metric a=6.0 @4:5");
    assertThat(recorded.warnings).containsExactly("15 a frame with a wrong checksum");
  }

  @Test
  void reading_goes_on_in_the_middle_of_a_torn_frame() {
    byte[] torn = Arrays.copyOf(frame(new byte[500]), 100);
    byte[] filler = line("progress 1/2 " + "x".repeat(600));
    RecordedEvents recorded = read(torn, line(""), line("metric a=1"), filler);
    assertThat(recorded.values("a")).containsExactly(1.0);
    assertThat(recorded.events).hasSize(2);
    assertThat(recorded.warnings).containsExactly("0 a frame with a wrong checksum");
  }

  @Test
  void a_torn_line_in_front_of_a_frame_costs_only_itself() {
    RecordedEvents recorded =
        read(dictionary(0, "a"), "metric b=".getBytes(UTF_8), point(0, 1, 2, 3));
    assertThat(recorded.events).containsExactly("metric a=3.0 @1:2");
    assertThat(recorded.warnings).containsExactly("15 a line that is not UTF-8");
  }

  @Test
  void a_line_of_a_mebibyte_is_read_and_a_longer_one_is_skipped() {
    byte[] longest = line("tag a=" + "x".repeat(EventFormat.MAX_RECORD - 7));
    byte[] tooLong = line("tag b=" + "x".repeat(EventFormat.MAX_RECORD - 6));
    RecordedEvents recorded = read(longest, tooLong, line("tag c=3"));
    assertThat(recorded.events).hasSize(2).last().isEqualTo("tag c=3");
    assertThat(recorded.warnings)
        .containsExactly(EventFormat.MAX_RECORD + " a line of more than 1 MiB");
  }

  @Test
  void an_endless_line_is_consumed_while_it_grows() {
    RecordedEvents recorded = new RecordedEvents();
    EventReader reader = new EventReader(recorded, () -> 7);
    byte[] garbage = new byte[EventFormat.MAX_RECORD + 9];
    for (int i = 0; i < 5; i++) {
      assertThat(reader.feed(garbage, 0, garbage.length)).isEqualTo(garbage.length);
    }
    byte[] rest = line("\nmetric a=1");
    assertThat(reader.feed(rest, 0, rest.length)).isEqualTo(rest.length);
    assertThat(recorded.values("a")).containsExactly(1.0);
    assertThat(recorded.warnings).hasSize(1);
  }

  @Test
  void impossible_frames_are_warnings() {
    RecordedEvents recorded =
        read(
            frame(new byte[] {9, 1}),
            frame(new byte[] {2, 1}),
            frame(new byte[] {1, 0, 0, 9, 0, 1}),
            point(5, 1, 1, 1),
            dictionary(6, "a\tb"),
            new byte[] {(byte) 0xFE, -1, -1, -1, -1, 0, 0, 0, 0, '\n'},
            line("metric a=1"));
    assertThat(recorded.events).containsExactly("metric a=1.0 @0:7");
    assertThat(recorded.warnings)
        .containsExactly(
            "0 a frame of the unknown type 9",
            "11 a frame with a cut off point",
            "22 a dictionary that is cut off",
            "37 1 points whose key id has no name",
            "73 the name \"a?b\" contains the control character U+0009",
            "90 a frame with the impossible length -1");
  }

  @Test
  void more_names_than_a_file_may_hold_are_warnings() {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i <= EventFormat.MAX_NAMES; i++) {
      line.append("metric n").append(i).append("=1\n");
    }
    RecordedEvents recorded = read(line.append("metric n0=2").toString().getBytes(UTF_8), line(""));
    assertThat(recorded.events).hasSize(EventFormat.MAX_NAMES + 1);
    assertThat(recorded.warnings).singleElement().asString().contains("one more than the 65536");
  }

  @Test
  void another_reader_goes_on_from_a_stored_state() {
    byte[] before = join(line("metric z=0"), dictionary(3, "é"), dictionary(400, "b"));
    byte[] after = join(point(3, 1, 1, 1), point(400, 1, 1, 2));
    EventReader first = new EventReader(new RecordedEvents(), () -> 7);
    first.feed(before, 0, before.length);
    RecordedEvents recorded = new RecordedEvents();
    EventReader second = EventReader.resume(recorded, () -> 7, first.state());
    assertThat(second.offset()).isEqualTo(before.length);
    assertThat(second.state()).isEqualTo(first.state());
    second.feed(after, 0, after.length);
    assertThat(recorded.events).containsExactly("metric é=1.0 @1:1", "metric b=2.0 @1:1");
  }

  @Test
  void a_state_of_a_newer_version_or_cut_off_is_refused() {
    byte[] state = new EventReader(new RecordedEvents(), () -> 7).state();
    state[0] = 2;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventReader.resume(new RecordedEvents(), () -> 7, state))
        .withMessageContaining("version 2")
        .withMessageEndingWith("Use a newer SDK.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventReader.resume(new RecordedEvents(), () -> 7, new byte[] {1, 0}))
        .withMessageContaining("cut off");
  }

  private static RecordedEvents read(byte[]... parts) {
    return RecordedEvents.of(join(parts));
  }
}
