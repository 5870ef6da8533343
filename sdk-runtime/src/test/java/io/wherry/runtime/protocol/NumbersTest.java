package io.wherry.runtime.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NumbersTest {

  @Test
  void a_number_is_the_double_that_java_makes_of_it() {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      double value =
          switch (i % 4) {
            case 0 -> random.nextGaussian();
            case 1 -> Double.longBitsToDouble(random.nextLong());
            case 2 -> random.nextInt(100_000) / 1000.0;
            default -> (double) random.nextLong();
          };
      String text =
          i % 8 < 4
              ? Double.toString(value)
              : String.valueOf((float) value).toLowerCase(Locale.ROOT);
      assertThat(parse(text)).as(text).isEqualTo(Double.valueOf(java(text)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "+1",
        ".5",
        "5.",
        "-.5e3",
        "1e22",
        "1e23",
        "1E-22",
        "9007199254740993",
        "9007199254740992",
        "123456789012345678901234567890",
        "1e400",
        "1e-400",
        "1e00005",
        "0.000000000000000000000001",
        "0x1p3",
        "1d",
        "00000000000000000000000000000001"
      })
  void an_edge_is_the_double_that_java_makes_of_it(String text) {
    assertThat(parse(text)).isEqualTo(Double.parseDouble(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "--1", "1,5", "abc", "1_000"})
  void what_is_no_number_is_not_taken_for_one(String text) {
    assertThat(parse(text)).isNaN();
    assertThat(Numbers.isNan(text.getBytes(StandardCharsets.UTF_8), 0, text.length())).isFalse();
  }

  private static String java(String text) {
    return text.replace("nan", "NaN").replace("infinity", "Infinity");
  }

  private static double parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Numbers.toDouble(bytes, 0, bytes.length);
  }
}
