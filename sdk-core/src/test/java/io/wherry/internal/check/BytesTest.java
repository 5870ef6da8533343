package io.wherry.internal.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  @ParameterizedTest
  @CsvSource({
    "4096,4096",
    "1KiB,1024",
    "1 kb,1000",
    "8GiB,8589934592",
    "1.5GB,1500000000",
    "2T,2000000000000"
  })
  void amounts_are_read_with_decimal_and_binary_units(String text, long bytes) {
    assertThat(Bytes.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GiB", "-1", "8 elephants", "1,5GB"})
  void another_form_is_refused_with_an_example(String text) {
    assertThatThrownBy(() -> Bytes.parse(text)).hasMessageContaining("8GiB");
  }

  @ParameterizedTest
  @CsvSource({"0,0 B", "1023,1023 B", "1024,1 KiB", "1572864,1.5 MiB", "8589934592,8 GiB"})
  void amounts_are_shown_with_a_binary_unit(long bytes, String text) {
    assertThat(Bytes.format(bytes)).isEqualTo(text);
  }

  @Test
  void durations_are_shown_as_people_read_them() {
    assertThat(Durations.format(Duration.ofMillis(10))).isEqualTo("0.01 s");
    assertThat(Durations.format(Duration.ofSeconds(12).plusMillis(300))).isEqualTo("12.3 s");
    assertThat(Durations.format(Duration.ofMinutes(5))).isEqualTo("5 min");
    assertThat(Durations.format(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
    assertThat(Durations.format(Duration.ofHours(26))).isEqualTo("1 d 2 h");
  }
}
