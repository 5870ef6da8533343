package io.wherry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How searches and lists are executed on 100,000 runs, as SQLite explains it: which index drives,
 * and that nothing is scanned or sorted that need not be.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchPlanTest {
  private static final int RUNS = 100_000;

  private Store store;

  @BeforeAll
  void fill(@TempDir Path folder) {
    store = Store.open(folder, false);
    store.write(
        tx -> {
          int team = tx.key("team");
          int rare = tx.key("rare");
          int trees = tx.key("trees");
          int accuracy = tx.key("accuracy");
          String runs =
              " from (with recursive n(i) as (select 1 union all select i + 1 from n where i < "
                  + RUNS
                  + ") select i from n)";
          tx.db.update(
              "insert into run(id, run_id, name, target, state, reason, priority, created)"
                  + " select i, 'run-' || i, 'n' || (i % 4), 'local', case when i % 1000 = 0 then 2"
                  + " when i % 50 = 0 then 6 else 5 end, '', 0, i * 1000"
                  + runs);
          String tag = "insert into tag(run, key, value, num) select i, ";
          tx.db.update(tag + team + ", case when i % 5 = 0 then 'birds' else 'x' end, null" + runs);
          tx.db.update(tag + rare + ", 'v' || (i % 5000), null" + runs);
          tx.db.update(
              "insert into param(run, key, value, num) select i, "
                  + trees
                  + ", i % 1000, i % 1000"
                  + runs);
          tx.db.update(
              "insert into latest(run, key, value, step, at) select i, "
                  + accuracy
                  + ", (i * 7919 % 100000) / 100000.0, 1, 1"
                  + runs);
          return null;
        });
  }

  @AfterAll
  void close() {
    store.close();
  }

  /**
   * The plan of the statement that gives the result; the counts before it are checked on the way.
   */
  private String plan(String query, String orderBy, RunSearch.Place after) {
    return store.read(
        reads -> {
          List<SearchSql.Statement> statements = new ArrayList<>();
          RunSearch search = RunSearch.parse(query, orderBy);
          search.run(reads, 50, after, statements::add);
          SearchSql.Statement result = statements.remove(statements.size() - 1);
          for (SearchSql.Statement count : statements) {
            assertThat(explain(reads, count)).doesNotContain("SCAN d").contains("SEARCH");
          }
          return explain(reads, result);
        });
  }

  private static String explain(Reads reads, SearchSql.Statement statement) {
    return reads
        .db
        .list(
            "explain query plan " + statement.text(),
            row -> row.getString(4),
            statement.arguments().toArray())
        .stream()
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "tags.team = 'birds' and metrics.accuracy > 0.5 | tag_value (key=? AND num=? AND value=?",
        "tags.team = 'birds' and metrics.accuracy > 0.9999 | latest_value (key=? AND value>?)",
        "tags.rare = 'v7' and metrics.accuracy > 0.1 | tag_value (key=? AND num=? AND value=?",
        "params.trees = 7 and tags.team = 'birds' | param_value (key=? AND num=?)",
        "params.trees > 995 and tags.team = 'birds' | param_value (key=? AND num>?)",
        "metrics.accuracy > 0.999 | latest_value (key=? AND value>?)",
        "metrics.accuracy > 0.1 | INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        "state = 'QUEUED' | run_state (state=? AND rowid>? AND rowid<?)",
        "state = 'FAILED' and metrics.accuracy > 0.5 | run_state (state=? AND rowid>? AND rowid<?)",
        "name = 'n1' and metrics.accuracy > 0.5 | run_name (name=? AND rowid>? AND rowid<?)",
        "id = 'run-77' and metrics.accuracy > 0.5 | (run_id=?)",
        "created > '1970-01-02T03:46:00Z' and tags.team = 'birds' | run_created (created>?)",
        "tags.rare = 'v1' and not tags.team = 'birds' | tag_value (key=? AND num=? AND value=?"
      })
  void the_rarest_condition_drives_through_its_index(String query, String index) {
    String plan = plan(query, "", null);

    assertThat(plan).contains(index);
    assertThat(plan).doesNotContain("SCAN d ").doesNotContain("SCAN r").doesNotContain("SCAN x");
  }

  @Test
  void if_the_newest_runs_do_not_fill_a_page_the_rarer_of_common_conditions_drives() {
    String plan = plan("tags.team = 'birds' and created < '1970-01-01T01:00:00Z'", "", null);

    assertThat(plan).contains("COVERING INDEX run_created (created<?)");
  }

  @Test
  void rare_alternatives_are_united() {
    String plan = plan("tags.rare = 'v1' or metrics.accuracy > 0.9999", "", null);

    assertThat(plan)
        .contains("tag_value (key=? AND num=? AND value=?)")
        .contains("latest_value (key=? AND value>?)")
        .doesNotContain("SCAN run");
  }

  @Test
  void common_alternatives_are_not_gathered() {
    String plan = plan("tags.team = 'birds' or tags.team = 'x'", "", null);

    assertThat(plan).contains("INTEGER PRIMARY KEY (rowid>? AND rowid<?)").doesNotContain("UNION");
  }

  @Test
  void what_comes_in_the_order_of_the_index_is_not_sorted() {
    assertThat(plan("tags.team = 'birds' and metrics.accuracy > 0.5", "", null))
        .doesNotContain("TEMP B-TREE");
    assertThat(plan("", "", null)).doesNotContain("TEMP B-TREE");
    assertThat(plan("state = 'FAILED'", "", null)).doesNotContain("TEMP B-TREE");
    assertThat(plan("name = 'n1' and tags.team = 'birds'", "", null)).doesNotContain("TEMP B-TREE");
    assertThat(plan("", "name", null)).doesNotContain("TEMP B-TREE").contains("run_name");
    assertThat(plan("", "created desc", null))
        .doesNotContain("TEMP B-TREE")
        .contains("run_created");
  }

  @Test
  void ordering_by_a_metric_walks_its_index_if_the_other_conditions_are_common() {
    String plan =
        plan("tags.team = 'birds' and metrics.accuracy > 0.1", "metrics.accuracy desc", null);

    assertThat(plan)
        .contains("SEARCH l USING COVERING INDEX latest_value (key=? AND value>?)")
        .doesNotContain("TEMP B-TREE");
  }

  @Test
  void ordering_by_a_metric_sorts_the_few_that_a_rare_condition_finds() {
    String plan = plan("tags.rare = 'v3' and metrics.accuracy >= 0", "metrics.accuracy desc", null);

    assertThat(plan)
        .contains("tag_value (key=? AND num=? AND value=?)")
        .contains("SEARCH l USING PRIMARY KEY (run=? AND key=?)");
  }

  @Test
  void a_next_page_seeks_to_its_place() {
    assertThat(plan("", "", new RunSearch.Place(null, 50_000))).contains("rowid<?");
    assertThat(plan("tags.team = 'birds'", "", new RunSearch.Place(null, 50_000)))
        .contains("run>? AND run<?");
    assertThat(plan("", "metrics.accuracy desc", new RunSearch.Place(0.5, 50_000)))
        .contains("latest_value (key=? AND value>? AND (value,run)<(?,?))")
        .doesNotContain("TEMP B-TREE");
    assertThat(plan("", "name", new RunSearch.Place("n2", 50_000)))
        .contains("COVERING INDEX run_name (name>?)");
  }

  @Test
  void the_other_conditions_are_checked_through_keys() {
    String plan =
        plan("tags.team = 'birds' and params.trees < 900 and state != 'QUEUED'", "", null);

    assertThat(plan)
        .contains("SEARCH x USING PRIMARY KEY (run=? AND key=?)")
        .contains("SEARCH x USING INTEGER PRIMARY KEY (rowid=?)");
  }

  @Test
  void lists_and_lookups_seek() {
    store.read(
        reads -> {
          for (String sql :
              List.of(
                  Reads.RUN + "where r.run_id = ?",
                  Reads.RUN + "where r.id < ? order by r.id desc limit ?",
                  "select 1 from event where run = ? and seq > ? order by seq",
                  "select bytes from metric_block where run = ? and key = ? order by id",
                  "select 1 from latest where run = ?",
                  "select 1 from attempt where released = 0 order by run, no")) {
            List<Object> arguments =
                new ArrayList<>(
                    sql.chars().filter(c -> c == '?').mapToObj(c -> (Object) 1).toList());
            String plan =
                explain(
                    reads,
                    new SearchSql.Statement(
                        sql, java.util.Collections.unmodifiableList(arguments)));
            assertThat(plan)
                .as(sql)
                .containsAnyOf("SEARCH", "SCAN attempt USING COVERING INDEX attempt_held")
                .doesNotContain("TEMP B-TREE");
          }
          SearchSql.Statement unfinished =
              new SearchSql.Statement(
                  Reads.RUN + "where r.state < 5 order by r.priority desc, r.id", List.of());
          assertThat(explain(reads, unfinished)).contains("run_state (state<?)");
          return null;
        });
  }
}
