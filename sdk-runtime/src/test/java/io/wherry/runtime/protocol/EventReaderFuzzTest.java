package io.wherry.runtime.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EventReaderFuzzTest {

  private static final String[] LINES = {
    "metric a=1 b=2.5 @7 c=NaN",
    "metric @12:345 loss=1.2345678901234567e-3",
    "param x=y z",
    "tag t=\u00e9",
    "progress 3/4 more",
    "nonsense",
    "metric broken"
  };

  @Test
  void pieces_of_any_size_give_the_same_events_as_one_piece_also_across_restarts() {
    Random random = new Random(20_261_121);
    for (int round = 0; round < 3_000; round++) {
      byte[] bytes = stream(random, round % 3 != 0);
      RecordedEvents whole = RecordedEvents.of(bytes);

      RecordedEvents pieces = new RecordedEvents();
      EventReader reader = new EventReader(pieces, () -> 7);
      int at = 0;
      int end = 0;
      while (end < bytes.length) {
        end = Math.min(bytes.length, end + 1 + random.nextInt(1 + random.nextInt(200)));
        at += reader.feed(bytes, at, end - at);
        assertThat(reader.offset()).isEqualTo(at);
        if (random.nextInt(4) == 0) {
          reader = EventReader.resume(pieces, () -> 7, reader.state());
        }
      }
      reader.finish(bytes, at, bytes.length - at);
      assertThat(pieces.events).as("round %d", round).isEqualTo(whole.events);
      assertThat(pieces.warnings).as("round %d", round).isEqualTo(whole.warnings);
    }
  }

  @Test
  void garbage_is_consumed_and_a_known_line_after_it_is_found() {
    Random random = new Random(42);
    for (int round = 0; round < 300; round++) {
      byte[] garbage = new byte[random.nextInt(5_000)];
      random.nextBytes(garbage);
      byte[] bytes = Frames.join(garbage, Frames.line("\nmetric found=1"));
      assertThat(RecordedEvents.of(bytes).values("found")).as("round %d", round).hasSize(1);
    }
  }

  @Test
  void damage_costs_only_what_lies_near_it() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      byte[] head = Frames.join(Frames.dictionary(0, "a"), Frames.point(0, 1, 1, 1));
      byte[] damaged = Frames.point(0, 2, 2, 2);
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      byte[] tail = Frames.join(Frames.line(""), Frames.line("metric b=3"));
      RecordedEvents recorded =
          RecordedEvents.of(Frames.join(head, damaged, tail, Frames.point(0, 4, 4, 4)));
      assertThat(recorded.values("b")).as("round %d", round).containsExactly(3.0);
      assertThat(recorded.values("a")).as("round %d", round).startsWith(1.0).endsWith(4.0);
      assertThat(recorded.warnings).isNotEmpty();
    }
  }

  private static byte[] stream(Random random, boolean damage) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int records = 1 + random.nextInt(40);
    for (int i = 0; i < records; i++) {
      byte[] record =
          switch (random.nextInt(5)) {
            case 0 -> Frames.dictionary(random.nextInt(5), "k" + random.nextInt(9));
            case 1 -> Frames.point(random.nextInt(5), random.nextLong(), 1, random.nextGaussian());
            case 2 -> Frames.text("param p=a\nb");
            default -> Frames.line(LINES[random.nextInt(LINES.length)]);
          };
      if (damage && random.nextInt(8) == 0) {
        record[random.nextInt(record.length)] = (byte) random.nextInt(256);
      }
      int length =
          damage && random.nextInt(12) == 0 ? random.nextInt(record.length) : record.length;
      out.write(record, 0, length);
    }
    return out.toByteArray();
  }
}
