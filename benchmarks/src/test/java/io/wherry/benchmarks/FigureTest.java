package io.wherry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FigureTest {
  @Test
  void a_figure_is_one_line_of_json() {
    assertThat(Figure.valueAtMost("start", 2.34567, "ms", "bare process", 1.2, 4).json())
        .isEqualTo(
            "{\"name\":\"start\",\"value\":2.346,\"unit\":\"ms\",\"baseline\":\"bare process\","
                + "\"baselineValue\":1.2,\"ratio\":1.955,\"goal\":\"value <= 4 ms\",\"met\":true}");
  }

  @Test
  void a_value_over_its_limit_misses_the_goal() {
    assertThat(Figure.valueAtMost("start", 4.01, "ms", "bare process", 9, 4).met()).isFalse();
    assertThat(Figure.withinBudget("size", 25, "MB", 25).met()).isTrue();
    assertThat(Figure.reachesBudget("rate", 499_999, "points/s", 500_000).met()).isFalse();
  }

  @Test
  void a_ratio_is_judged_against_the_baseline_of_the_same_run() {
    assertThat(Figure.ratioAtMost("queue", 150, "ms", "pool", 100, 1.5).met()).isTrue();
    assertThat(Figure.ratioAtMost("queue", 151, "ms", "pool", 100, 1.5).met()).isFalse();
    assertThat(Figure.ratioAtLeast("read", 24, "MB/s", "raw", 100, 0.25).met()).isFalse();
    assertThat(Figure.ratioAtLeast("read", 25, "MB/s", "raw", 100, 0.25).met()).isTrue();
  }

  @Test
  void what_was_not_measured_meets_no_goal() {
    Figure figure = Figure.ratioAtMost("queue", Double.NaN, "ms", "pool", 100, 1.5);

    assertThat(figure.met()).isFalse();
    assertThat(figure.json()).contains("\"value\":null");
  }

  @Test
  void large_and_small_numbers_have_no_exponent() {
    assertThat(Figure.number(1_500_000)).isEqualTo("1500000");
    assertThat(Figure.number(0.000012345)).isEqualTo("0.00001234");
    assertThat(Figure.number(0)).isEqualTo("0");
  }
}
