package io.wherry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.spec.MetricPoint;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PackedPointsTest {
  @Test
  void every_bit_comes_back() {
    PackedPoints points = new PackedPoints();
    double oddNan = Double.longBitsToDouble(0x7ff8_0000_0000_1234L);
    points.add(Long.MIN_VALUE, Long.MAX_VALUE, oddNan);
    points.add(-1, -2, -0.0);
    points.add(0, 0, Double.NEGATIVE_INFINITY);
    points.add(Long.MAX_VALUE, 1, Double.MIN_VALUE);

    PackedPoints back = PackedPoints.of(points.toBytes());

    assertThat(back.size()).isEqualTo(4);
    assertThat(back.step(0)).isEqualTo(Long.MIN_VALUE);
    assertThat(back.epochMillis(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(Double.doubleToRawLongBits(back.value(0))).isEqualTo(0x7ff8_0000_0000_1234L);
    assertThat(Double.doubleToRawLongBits(back.value(1))).isEqualTo(1L << 63);
    assertThat(back.value(2)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(back.step(3)).isEqualTo(Long.MAX_VALUE);
    assertThat(back.value(3)).isEqualTo(Double.MIN_VALUE);
  }

  @Test
  void the_stored_form_is_little_endian_and_24_bytes_a_point() {
    PackedPoints points = new PackedPoints();
    points.add(1, 2, Double.longBitsToDouble(3));

    assertThat(points.toBytes())
        .containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void sorting_by_step_keeps_the_order_of_arrival_of_equal_steps() {
    PackedPoints points = new PackedPoints();
    points.add(5, 1, 1);
    points.add(3, 2, 2);
    points.add(5, 3, 3);
    points.add(3, 4, 4);
    points.add(-1, 5, 5);

    points.sortByStep();

    assertThat(points.asList())
        .extracting(MetricPoint::value)
        .containsExactly(5.0, 2.0, 4.0, 1.0, 3.0);
  }

  @Test
  void it_grows_and_can_be_filled_again() {
    PackedPoints points = new PackedPoints();
    for (int i = 0; i < 10_000; i++) {
      points.add(i, i, i);
    }
    points.addPacked(points.toBytes());
    assertThat(points.size()).isEqualTo(20_000);
    assertThat(points.value(19_999)).isEqualTo(9_999);

    points.clear();
    points.add(1, 2, 3);

    assertThat(points.asList()).containsExactly(new MetricPoint(1, Instant.ofEpochMilli(2), 3));
  }

  @Test
  void what_is_not_there_is_not_read() {
    PackedPoints points = new PackedPoints();
    points.add(1, 1, 1);

    assertThatThrownBy(() -> points.value(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> points.step(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> PackedPoints.of(new byte[25]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
