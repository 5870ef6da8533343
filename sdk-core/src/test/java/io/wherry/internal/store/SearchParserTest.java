package io.wherry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wherry.internal.store.SearchFilter.And;
import io.wherry.internal.store.SearchFilter.Field;
import io.wherry.internal.store.SearchFilter.Kind;
import io.wherry.internal.store.SearchFilter.Not;
import io.wherry.internal.store.SearchFilter.Op;
import io.wherry.internal.store.SearchFilter.Or;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchParserTest {
  private static SearchFilter.Test test(Kind kind, String key, Op op, Object... values) {
    return new SearchFilter.Test(new Field(kind, key), op, List.of(values));
  }

  @Test
  void every_kind_of_field_and_value_is_read() {
    assertThat(
            SearchParser.parse(
                "tags.team = 'birds' and metrics.accuracy > 0.9 and params.trees >= 100 and state ="
                    + " 'failed' and name = 'x' and target != \"hpc\" and created >"
                    + " '2026-11-01T00:00:00Z' and exitCode <= -1 and priority < 5 and cause in"
                    + " ('timeout', 'exited') and id like 'a%' and ended <> '2026-11-02'"))
        .isEqualTo(
            new And(
                List.of(
                    test(Kind.TAGS, "team", Op.EQ, "birds"),
                    test(Kind.METRICS, "accuracy", Op.GT, 0.9),
                    test(Kind.PARAMS, "trees", Op.GE, 100.0),
                    test(Kind.STATE, null, Op.EQ, 6L),
                    test(Kind.NAME, null, Op.EQ, "x"),
                    test(Kind.TARGET, null, Op.NE, "hpc"),
                    test(Kind.CREATED, null, Op.GT, 1793491200000L),
                    test(Kind.EXITCODE, null, Op.LE, -1.0),
                    test(Kind.PRIORITY, null, Op.LT, 5.0),
                    test(Kind.CAUSE, null, Op.IN, "TIMEOUT", "EXITED"),
                    test(Kind.ID, null, Op.LIKE, "a%"),
                    test(Kind.ENDED, null, Op.NE, 1793577600000L))));
  }

  @Test
  void not_binds_tighter_than_and_which_binds_tighter_than_or() {
    SearchFilter a = test(Kind.NAME, null, Op.EQ, "a");
    SearchFilter b = test(Kind.NAME, null, Op.EQ, "b");
    SearchFilter c = test(Kind.NAME, null, Op.EQ, "c");

    assertThat(SearchParser.parse("name='a' or name='b' and not name='c'"))
        .isEqualTo(new Or(List.of(a, new And(List.of(b, new Not(c))))));
    assertThat(SearchParser.parse("NOT ((name='a' OR name='b') AND name='c')"))
        .isEqualTo(new Not(new And(List.of(new Or(List.of(a, b)), c))));
    assertThat(SearchParser.parse("not not name='a'")).isEqualTo(a);
    assertThat(SearchParser.parse("name not in ('a','b')"))
        .isEqualTo(new Not(test(Kind.NAME, null, Op.IN, "a", "b")));
    assertThat(SearchParser.parse("name not ilike 'a'"))
        .isEqualTo(new Not(test(Kind.NAME, null, Op.ILIKE, "a")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "metrics.\"val loss\" | val loss",
        "metrics.`val loss` | val loss",
        "metrics.\"a\"\"b\" | a\"b",
        "metric.\"and\" | and",
        "METRICS.Val.Loss/x-y_z | Val.Loss/x-y_z",
        "metrics.ä漢 | ä漢",
        "metrics.7 | 7"
      })
  void keys_may_be_quoted(String text, String key) {
    assertThat(SearchParser.parse(text + " = 1")).isEqualTo(test(Kind.METRICS, key, Op.EQ, 1.0));
  }

  @Test
  void values_may_hold_anything() {
    assertThat(SearchParser.parse("name = 'it''s \"x\" -- ; \n'"))
        .isEqualTo(test(Kind.NAME, null, Op.EQ, "it's \"x\" -- ; \n"));
    assertThat(SearchParser.parse("params.x = -1.5e-3"))
        .isEqualTo(test(Kind.PARAMS, "x", Op.EQ, -0.0015));
    assertThat(SearchParser.parse("params.x=.5")).isEqualTo(test(Kind.PARAMS, "x", Op.EQ, 0.5));
    assertThat(SearchParser.parse("metrics.x = NaN"))
        .isEqualTo(test(Kind.METRICS, "x", Op.EQ, Double.NaN));
    assertThat(SearchParser.parse("metrics.x > -inf"))
        .isEqualTo(test(Kind.METRICS, "x", Op.GT, Double.NEGATIVE_INFINITY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t"})
  void nothing_finds_all(String text) {
    assertThat(SearchParser.parse(text)).isEqualTo(new And(List.of()));
  }

  @Test
  void times_may_be_days_or_have_a_zone() {
    for (String time :
        List.of(
            "2026-11-01",
            "2026-11-01T00:00:00",
            "2026-11-01T00:00",
            "2026-11-01T00:00:00.000Z",
            "2026-11-01T02:00:00+02:00",
            "2026-10-31T19:00:00-05:00")) {
      assertThat(SearchParser.parse("created = '" + time + "'"))
          .as(time)
          .isEqualTo(test(Kind.CREATED, null, Op.EQ, 1793491200000L));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "tags.team x 'birds' | 10 | a comparison: = != < <= > >= like ilike in",
        "tags.team = | 11 | a text in single quotes or a number",
        "tags.team = birds | 12 | a text in single quotes or a number",
        "tags.team = 'birds | 18 | the closing '",
        "tags = 'x' | 4 | a key after tags",
        "tags. = 'x' | 5 | a key after tags",
        "teams.x = 'x' | 0 | a field: tags.KEY",
        "state.x = 'FAILED' | 0 | a field: tags.KEY",
        "'x' = name | 0 | a field: tags.KEY",
        "name = 'x' name = 'y' | 11 | 'and', 'or' or the end",
        "(name = 'x' | 11 | ')', 'and' or 'or'",
        "name = 'x') | 10 | 'and', 'or' or the end",
        "name = 'x' and | 14 | a field: tags.KEY",
        "name in 'x' | 8 | '(' and a list of values",
        "name in () | 9 | a text in single quotes",
        "name in ('x' 'y') | 13 | ',' or ')'",
        "metrics.a = '1' | 12 | a number",
        "metrics.a like 'x' | 15 | a text in quotes that is compared with a text field",
        "metrics.a = 1.2.3 | 12 | a number such as",
        "params.a = nan | 11 | a text in single quotes or a number",
        "name = 5 | 7 | a text in quotes",
        "state = 'BROKEN' | 8 | a state in quotes",
        "state < 'FAILED' | 6 | = != or in after state",
        "created > 'yesterday' | 10 | a time in quotes",
        "created > 5 | 10 | a time in quotes",
        "created > '2026-02-31' | 10 | a time in quotes",
        "name not = 'x' | 9 | like, ilike or in",
        "name ! 'x' | 5 | a comparison",
        "name = 'x' ; drop table run | 11 | a field"
      })
  void errors_show_the_place_and_what_was_expected(String text, int position, String expected) {
    SearchSyntaxException error =
        catchThrowableOfType(SearchSyntaxException.class, () -> SearchParser.parse(text));

    assertThat(error.position()).isEqualTo(position);
    assertThat(error)
        .hasMessageStartingWith(
            "cannot read the search at character " + (position + 1) + ": expected " + expected)
        .hasMessageContaining("\n  " + text + "\n  " + " ".repeat(position) + "^\n-> ");
  }

  @Test
  void the_message_shows_the_line_of_a_longer_search() {
    assertThatThrownBy(() -> SearchParser.parse("name = 'a'\n\tand nam = 'b'\nand name = 'c'"))
        .hasMessageContaining("\n  \tand nam = 'b'\n  \t    ^\n-> ");
  }

  @Test
  void a_search_without_end_is_refused() {
    assertThatThrownBy(() -> SearchParser.parse("(".repeat(100_000)))
        .isInstanceOf(SearchSyntaxException.class)
        .hasMessageContaining("levels of parentheses");
    assertThatThrownBy(() -> SearchParser.parse("name = 'x' or ".repeat(1000) + "name = 'x'"))
        .isInstanceOf(SearchSyntaxException.class)
        .hasMessageContaining("comparisons");
  }

  @Test
  void an_order_is_a_field_and_a_direction() {
    assertThat(SearchParser.parseOrder("metrics.\"val loss\" DESC"))
        .isEqualTo(new SearchParser.Order(new Field(Kind.METRICS, "val loss"), true));
    assertThat(SearchParser.parseOrder("name"))
        .isEqualTo(new SearchParser.Order(new Field(Kind.NAME, null), false));
    assertThat(SearchParser.parseOrder("created asc"))
        .isEqualTo(new SearchParser.Order(new Field(Kind.CREATED, null), false));
    assertThat(SearchParser.parseOrder(" ")).isEqualTo(new SearchParser.Order(null, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tags.x", "state", "name down", "name asc, created", "desc", "5"})
  void an_order_that_cannot_be_is_refused(String text) {
    assertThatThrownBy(() -> SearchParser.parseOrder(text))
        .isInstanceOf(SearchSyntaxException.class);
  }
}
