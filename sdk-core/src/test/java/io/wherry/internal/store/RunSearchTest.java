package io.wherry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.spec.Cause;
import io.wherry.spec.RunState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What searches find, on few runs with known properties and on many random ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunSearchTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

  /** More than the number of runs that are looked at without a second thought. */
  private static final int MANY = 6000;

  private Store few;
  private Store many;
  private final List<Sample> samples = new ArrayList<>();

  /** What the test knows about a run of the big store. */
  private record Sample(
      long id, int group, String version, double loss, boolean hasLoss, RunState state) {}

  @BeforeAll
  void fill(@TempDir Path one, @TempDir Path two) {
    few = Store.open(one, false);
    few.write(
        tx -> {
          add(tx, "a", "birds", "10", 0.5, RunState.SUCCEEDED);
          add(tx, "b", "birds", "9", 0.95, RunState.FAILED);
          add(tx, "c", "fish", "x9", Double.NaN, RunState.CANCELED);
          add(tx, "d", "Birds of prey", "1e1", Double.POSITIVE_INFINITY, RunState.CREATED);
          add(tx, "e", null, null, null, RunState.SUCCEEDED);
          long f = add(tx, "f", "100%", "", -1.0, RunState.FAILED);
          tx.putTag(f, "odd ' \" ` key", "it's");
          tx.putTag(f, "a*b", "a*[b]?");
          return null;
        });
    many = Store.open(two, false);
    many.write(
        tx -> {
          Random random = new Random(11);
          RunState[] states = RunState.values();
          for (int i = 0; i < MANY; i++) {
            int group = random.nextInt(10) == 0 ? random.nextInt(200) : 0;
            String version = Integer.toString(random.nextInt(5));
            double loss = random.nextInt(20) == 0 ? Double.NaN : random.nextInt(1000) / 1000.0;
            RunState state = states[random.nextInt(states.length)];
            boolean hasLoss = random.nextInt(10) != 0;
            long id =
                tx.insertRun(
                        Specs.labelled(
                            "r" + group % 3, Map.of("group", "g" + group), Map.of("v", version)),
                        START.plusSeconds(i))
                    .run()
                    .id();
            tx.putAttempt(attempt(id, state, 0, null));
            if (hasLoss) {
              tx.appendPoints(id, "loss", point(loss));
            }
            samples.add(new Sample(id, group, version, loss, hasLoss, state));
          }
          return null;
        });
  }

  @AfterAll
  void close() {
    few.close();
    many.close();
  }

  private static long add(
      Tx tx, String name, String team, String trees, Double accuracy, RunState state) {
    Instant created = START.plusSeconds(name.charAt(0) - 'a');
    Map<String, String> tags = team == null ? Map.of() : Map.of("team", team);
    Map<String, String> params = trees == null ? Map.of() : Map.of("trees", trees);
    long id = tx.insertRun(Specs.labelled(name, tags, params), created).run().id();
    if (accuracy != null) {
      tx.appendPoints(id, "accuracy", point(accuracy));
    }
    if (state.isFinal()) {
      tx.putAttempt(attempt(id, state, name.equals("b") ? 75 : 0, created));
    }
    return id;
  }

  private static AttemptRow attempt(
      long run, RunState state, int exitCode, @Nullable Instant started) {
    return new AttemptRow(
        run,
        1,
        state,
        "",
        null,
        0,
        Cause.EXITED,
        exitCode,
        0,
        START,
        started,
        started == null ? null : started.plusSeconds(100),
        false);
  }

  private static PackedPoints point(double value) {
    PackedPoints points = new PackedPoints();
    points.add(1, 1, value);
    return points;
  }

  private static List<RunRow> all(Store store, String query, String orderBy, int page) {
    return pages(store, query, orderBy, page, Integer.MAX_VALUE);
  }

  private static List<RunRow> pages(
      Store store, String query, String orderBy, int page, int pages) {
    RunSearch search = RunSearch.parse(query, orderBy);
    List<RunRow> found = new ArrayList<>();
    RunSearch.Page at = store.read(reads -> reads.search(search, page, null));
    found.addAll(at.runs());
    for (int i = 1; at.next() != null && i < pages; i++) {
      RunSearch.Place next = at.next();
      assertThat(at.runs()).hasSize(page);
      at = store.read(reads -> reads.search(search, page, next));
      assertThat(at.runs()).isNotEmpty();
      found.addAll(at.runs());
    }
    return found;
  }

  private String names(String query, String orderBy) {
    return all(few, query, orderBy, 100).stream().map(RunRow::name).collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "^^ | fedcba",
        "tags.team = 'birds' | ba",
        "tags.team = 'birds' and metrics.accuracy > 0.9 | b",
        "tags.team != 'birds' | fdc",
        "not tags.team = 'birds' | fedc",
        "tags.team like 'b%' | ba",
        "tags.team ilike 'b%' | dba",
        "tags.team like '%_rds' | ba",
        "tags.team like '100%' | f",
        "tags.team in ('birds', 'fish') | cba",
        "tags.team not in ('birds', 'fish') | fed",
        "tags.team > 'birds' | c",
        "tags.never = 'x' | ^^",
        "not tags.never = 'x' | fedcba",
        "tags.never = 'x' or name = 'a' | a",
        "tags.\"odd ' \"\" ` key\" = 'it''s' | f",
        "tags.`a*b` like 'a*[b]?' | f",
        "tags.`a*b` like 'a%b%' | f",
        "tags.`a*b` like 'a[b]?' | ^^",
        "params.trees >= 10 | da",
        "params.trees < 10 | b",
        "params.trees = 10 | da",
        "params.trees != 10 | b",
        "params.trees = '10' | a",
        "params.trees = '' | f",
        "params.trees = 'x9' | c",
        "params.trees in (9, 'x9') | cb",
        "params.trees > '1' | dcba",
        "metrics.accuracy > 0.9 | db",
        "metrics.accuracy >= -1 and metrics.accuracy < 0.95 | fa",
        "metrics.accuracy = nan | c",
        "metrics.accuracy != nan | fdba",
        "metrics.accuracy != 0.5 | fdcb",
        "metrics.accuracy = inf | d",
        "metrics.accuracy in (0.5, nan) | ca",
        "metrics.accuracy > nan | ^^",
        "not metrics.accuracy > 0.9 | feca",
        "state = 'FAILED' | fb",
        "state != 'FAILED' | edca",
        "state in ('FAILED', 'CREATED') | fdb",
        "name = 'b' | b",
        "name in ('b', 'e', 'zz') | eb",
        "name >= 'd' | fed",
        "id = 'c-1' | c",
        "id like '%-1' and not name = 'a' | fedcb",
        "target = 'local' and state = 'FAILED' | fb",
        "target = 'hpc' | ^^",
        "created > '2026-11-01T00:00:02Z' | fed",
        "created >= '2026-11-01T00:00:02Z' and created <= '2026-11-01T00:00:03Z' | dc",
        "created = '2026-11-01' | a",
        "started >= '2026-11-01T00:00:04Z' | fe",
        "not started >= '2026-11-01' | d",
        "ended < '2026-11-01T00:01:42Z' | ba",
        "exitCode = 75 | b",
        "cause = 'exited' and exitCode != 75 | feca",
        "priority = 0 and (name = 'a' or name = 'f') | fa",
        "tags.team = 'fish' or metrics.accuracy < 0 | fc",
        "(tags.team = 'birds' or state = 'CANCELED') and not metrics.accuracy = 0.95 | ca",
        "not (tags.team = 'birds' and state = 'FAILED') | fedca"
      })
  void it_finds_what_was_asked_for(String query, String expected) {
    assertThat(names(query, "")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "^^ | metrics.accuracy desc | dbafec",
        "^^ | metrics.accuracy | fabdec",
        "metrics.accuracy < 0.9 | metrics.accuracy desc | af",
        "metrics.accuracy != 0.5 | metrics.accuracy desc | dbfc",
        "tags.team ilike 'birds%' | metrics.accuracy asc | abd",
        "^^ | metrics.never | fedcba",
        "state = 'FAILED' | metrics.accuracy desc | bf",
        "^^ | name | abcdef",
        "^^ | name desc | fedcba",
        "tags.team = 'birds' | created | ab",
        "^^ | created desc | fedcba"
      })
  void it_orders_as_asked_for(String query, String orderBy, String expected) {
    assertThat(names(query, orderBy)).isEqualTo(expected);
    for (int page = 1; page <= 3; page++) {
      assertThat(all(few, query, orderBy, page).stream().map(RunRow::name))
          .as("in pages of %s", page)
          .containsExactly(expected.split(""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tags.group = 'g0'",
        "tags.group = 'g7'",
        "tags.group = 'g0' and metrics.loss < 0.01",
        "tags.group = 'g0' and metrics.loss < 0.9",
        "tags.group = 'g0' and metrics.loss < 0.9 and params.v = 3",
        "metrics.loss >= 0.5",
        "metrics.loss >= 2",
        "metrics.loss != 0.5",
        "metrics.loss = nan",
        "not metrics.loss >= 0.5",
        "params.v > 2",
        "params.v in ('1', '2') and state != 'FAILED'",
        "state in ('FAILED', 'LOST', 'CANCELED', 'SUCCEEDED')",
        "tags.group = 'g1' or tags.group = 'g2' or metrics.loss < 0.01",
        "tags.group = 'g0' or metrics.loss < 0.5",
        "tags.group like 'g1%' and not params.v = '4'",
        "created >= '2026-11-01T01:00:00Z' and metrics.loss > 0.2",
        "created < '2026-11-01T00:10:00Z' and metrics.loss > 0.2",
        "name = 'r0' and not (state = 'FAILED' or metrics.loss < 0.8)"
      })
  void on_many_runs_it_agrees_with_a_simple_filter(String query) {
    Predicate<Sample> filter = simple(query);
    List<Sample> expected = samples.stream().filter(filter).toList();

    List<Long> newest = new ArrayList<>(expected.stream().map(Sample::id).toList());
    newest.sort((a, b) -> Long.compare(b, a));
    assertThat(ids(all(many, query, "", 500))).isEqualTo(newest);
    assertThat(ids(pages(many, query, "", 7, 3)))
        .isEqualTo(newest.subList(0, Math.min(21, newest.size())));

    for (String direction : List.of("desc", "asc")) {
      List<RunRow> byLoss = all(many, query, "metrics.loss " + direction, 500);
      assertThat(new TreeSet<>(ids(byLoss))).isEqualTo(new TreeSet<>(newest));
      assertThat(byLoss).hasSize(newest.size());
      assertThat(losses(byLoss, direction.equals("desc"))).isSorted();
    }
    List<RunRow> byName = all(many, query, "name", 500);
    assertThat(new TreeSet<>(ids(byName))).isEqualTo(new TreeSet<>(newest));
    assertThat(byName.stream().map(RunRow::name)).isSorted();
  }

  private List<Double> losses(List<RunRow> runs, boolean descending) {
    Map<Long, Sample> byId = new TreeMap<>();
    samples.forEach(sample -> byId.put(sample.id(), sample));
    return runs.stream()
        .map(
            run -> {
              Sample sample = byId.get(run.id());
              boolean none = !sample.hasLoss() || Double.isNaN(sample.loss());
              return none
                  ? Double.valueOf(9)
                  : Double.valueOf(descending ? -sample.loss() : sample.loss());
            })
        .toList();
  }

  private static List<Long> ids(List<RunRow> runs) {
    return runs.stream().map(RunRow::id).toList();
  }

  /** Reads a search by evaluating it directly; knows just enough for the searches above. */
  private Predicate<Sample> simple(String query) {
    SearchFilter filter = SearchParser.parse(query);
    return sample -> holds(filter, sample);
  }

  private static boolean holds(SearchFilter filter, Sample sample) {
    if (filter instanceof SearchFilter.And and) {
      return and.parts().stream().allMatch(part -> holds(part, sample));
    }
    if (filter instanceof SearchFilter.Or or) {
      return or.parts().stream().anyMatch(part -> holds(part, sample));
    }
    if (filter instanceof SearchFilter.Not not) {
      return !holds(not.part(), sample);
    }
    SearchFilter.Test test = (SearchFilter.Test) filter;
    return test.values().stream().anyMatch(value -> holds(test, value, sample));
  }

  private static boolean holds(SearchFilter.Test test, Object value, Sample sample) {
    int sign =
        switch (test.field().kind()) {
          case TAGS ->
              test.op() == SearchFilter.Op.LIKE
                  ? (("g" + sample.group()).startsWith(((String) value).replace("%", "")) ? 0 : 1)
                  : ("g" + sample.group()).compareTo((String) value);
          case PARAMS ->
              value instanceof Double number
                  ? Double.compare(Double.parseDouble(sample.version()), number)
                  : sample.version().compareTo((String) value);
          case NAME -> ("r" + sample.group() % 3).compareTo((String) value);
          case STATE -> Long.compare(StateNumber.of(sample.state()), (Long) value);
          case CREATED ->
              Long.compare(START.plusSeconds(sample.id() - 1).toEpochMilli(), (Long) value);
          case METRICS -> {
            if (!sample.hasLoss()) {
              yield Integer.MIN_VALUE;
            }
            boolean nan = Double.isNaN(sample.loss());
            if (nan || Double.isNaN((Double) value)) {
              boolean equal = nan && Double.isNaN((Double) value);
              yield equal ? 0 : test.op() == SearchFilter.Op.NE ? 1 : Integer.MIN_VALUE;
            }
            yield Double.compare(sample.loss(), (Double) value);
          }
          default -> throw new IllegalArgumentException(test.toString());
        };
    return sign != Integer.MIN_VALUE
        && switch (test.op()) {
          case EQ, IN, LIKE, ILIKE -> sign == 0;
          case NE -> sign != 0;
          case LT -> sign < 0;
          case LE -> sign <= 0;
          case GT -> sign > 0;
          case GE -> sign >= 0;
        };
  }

  @Test
  void a_page_stays_right_when_runs_come_and_go(@TempDir Path folder) {
    try (Store store = Store.open(folder, false)) {
      store.write(
          tx -> {
            for (int i = 0; i < 6; i++) {
              add(tx, "x", "birds", "1", i / 10.0, RunState.SUCCEEDED);
            }
            return null;
          });
      for (String orderBy : List.of("", "metrics.accuracy desc")) {
        RunSearch search = RunSearch.parse("tags.team = 'birds'", orderBy);
        RunSearch.Page first = store.read(reads -> reads.search(search, 2, null));
        assertThat(first.runs()).extracting(RunRow::runId).containsExactly("x-6", "x-5");
        RunSearch.Page second = store.read(reads -> reads.search(search, 2, first.next()));

        assertThat(second.runs()).extracting(RunRow::runId).containsExactly("x-4", "x-3");
      }
      RunSearch search = RunSearch.parse("tags.team = 'birds'", "");
      RunSearch.Page first = store.read(reads -> reads.search(search, 2, null));
      store.write(
          tx -> {
            tx.deleteRun(first.runs().get(1).id());
            add(tx, "new", "birds", "1", 1.0, RunState.SUCCEEDED);
            return null;
          });
      RunSearch.Page second = store.read(reads -> reads.search(search, 2, first.next()));
      assertThat(second.runs()).extracting(RunRow::runId).containsExactly("x-4", "x-3");
    }
  }

  @Test
  void a_limit_below_one_is_refused() {
    RunSearch search = RunSearch.parse("", "");

    assertThatThrownBy(() -> few.read(reads -> reads.search(search, 0, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ask for 1 or more");
  }
}
