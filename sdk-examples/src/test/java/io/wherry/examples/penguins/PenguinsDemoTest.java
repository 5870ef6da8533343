package io.wherry.examples.penguins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PenguinsDemoTest {
  @TempDir Path folder;

  @Test
  void all_that_the_demo_claims_is_true() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean held;
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      held = PenguinsDemo.run(out, "local", folder);
    }

    String text = bytes.toString(StandardCharsets.UTF_8);
    assertThat(held).as(text).isTrue();
    assertThat(text)
        .contains("penguins-1 SUCCEEDED on local", "on 86 held-out penguins", "30 points")
        .contains("Everything above was checked and holds.");
  }

  @Test
  void a_sparkline_spans_the_lowest_to_the_highest() {
    assertThat(PenguinsDemo.sparkline(new double[] {0, 1, 0.5})).isEqualTo("▁█▅");
    assertThat(PenguinsDemo.sparkline(new double[] {2, 2})).isEqualTo("▁▁");
    assertThat(PenguinsDemo.sparkline(new double[] {})).isEmpty();
  }
}
