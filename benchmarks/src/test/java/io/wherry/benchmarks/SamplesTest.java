package io.wherry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void quantiles_are_values_that_were_measured() {
    Samples samples = new Samples();
    for (int i = 100; i > 0; i--) {
      samples.add(i);
    }

    assertThat(samples.median()).isEqualTo(50);
    assertThat(samples.quantile(0.99)).isEqualTo(99);
    assertThat(samples.quantile(1)).isEqualTo(100);
    assertThat(samples.quantile(0)).isEqualTo(1);
  }

  @Test
  void nothing_has_no_median() {
    assertThatThrownBy(() -> new Samples().median()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void sources_take_turns_in_being_first() throws Exception {
    List<String> order = new ArrayList<>();
    List<Samples> samples =
        Samples.interleaved(2, () -> taken(order, "a", 1), () -> taken(order, "b", 2));

    assertThat(order).containsExactly("a", "b", "b", "a");
    assertThat(samples.get(0).median()).isEqualTo(1);
    assertThat(samples.get(1).median()).isEqualTo(2);
  }

  private static double taken(List<String> order, String name, double value) {
    order.add(name);
    return value;
  }
}
