package io.wherry.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void values_of_every_kind_come_back_in_order() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("z", Arrays.asList(1L, null, true, false, "x", List.of(), Map.of()));
    value.put("", Map.of("nested", List.of(List.of(-5L))));
    value.put("decimal", new BigDecimal("-12.50e-3"));
    value.put("big", new BigInteger("123456789012345678901234567890"));

    Object back = Json.parse(Json.write(value));

    assertThat(back).isEqualTo(value);
    assertThat(((Map<?, ?>) back).keySet().toString()).isEqualTo("[z, , decimal, big]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "quote \" back \\ slash /",
        "line\nfeed\rreturn\ttab\b\f",
        "\u0000\u0001\u001f\u007f",
        "ä ß 漢字 \u2028 \u2029",
        "\ud83d\ude80 pair",
        "half \ud83d",
        "\ude80 other half",
        "\ud83d\ud83d\ude80\ude80"
      })
  void any_string_comes_back_even_through_utf_8(String text) {
    String json = Json.write(text);

    assertThat(Json.parse(json)).isEqualTo(text);
    assertThat(new String(json.getBytes(UTF), UTF)).isEqualTo(json);
    assertThat(json).doesNotContain("\n");
  }

  @Test
  void numbers_are_exact() {
    assertThat(Json.parse("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(Json.parse("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    assertThat(Json.parse("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
    assertThat(Json.parse("0.1000")).isEqualTo(new BigDecimal("0.1000"));
    assertThat(Json.parse("1E+2")).isEqualTo(new BigDecimal("1E+2"));
    assertThat(Json.parse(Json.write(0.1 + 0.2)))
        .isEqualTo(new BigDecimal(Double.toString(0.1 + 0.2)));
  }

  @Test
  void blanks_and_escapes_are_read() {
    assertThat(Json.parse(" { \"a\" :\t[ 1 ,\r\n2 ] } ")).isEqualTo(Map.of("a", List.of(1L, 2L)));
    assertThat(Json.parse("\"\\u00e4\\/\\b\\uD83D\\uDE80\"")).isEqualTo("ä/\b\ud83d\ude80");
  }

  @Test
  void the_last_of_equal_keys_wins() {
    assertThat(Json.parse("{\"a\":1,\"a\":2}")).isEqualTo(Map.of("a", 2L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "NaN",
        "nul",
        "true false",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u00",
        "\"line\nbreak\"",
        "'a'",
        "1 2",
        "\u0000",
        "1e99999999999"
      })
  void what_is_not_json_is_refused(String text) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not JSON: ");
  }

  @Test
  void nesting_beyond_reason_is_refused_instead_of_overflowing_the_stack() {
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("depth");
  }

  @Test
  void what_json_cannot_say_is_refused() {
    assertThatThrownBy(() -> Json.write(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Json.write(List.of(Float.POSITIVE_INFINITY)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Json.write(new Object())).isInstanceOf(IllegalArgumentException.class);
  }

  private static final java.nio.charset.Charset UTF = java.nio.charset.StandardCharsets.UTF_8;
}
