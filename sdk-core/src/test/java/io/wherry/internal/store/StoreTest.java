package io.wherry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.event.RunEvent;
import io.wherry.internal.json.NewerVersionException;
import io.wherry.spec.Cause;
import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.Feature;
import io.wherry.spec.MetricPoint;
import io.wherry.spec.Progress;
import io.wherry.spec.RunSpec;
import io.wherry.spec.RunState;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.Capabilities;
import io.wherry.spi.Channel;
import io.wherry.spi.Cursor;
import io.wherry.spi.WorkloadHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs of {@link Tx} change and {@link Reads} finds again. */
class StoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:15:30.123Z");

  @TempDir Path folder;
  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(folder, false);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen() {
    store.close();
    store = Store.open(folder, false);
  }

  private RunRow insert(RunSpec spec) {
    return store.write(tx -> tx.insertRun(spec, NOW)).run();
  }

  private void change(java.util.function.Consumer<Tx> change) {
    store.write(
        tx -> {
          change.accept(tx);
          return null;
        });
  }

  private RunRow run(long id) {
    return store.read(reads -> reads.run(id));
  }

  @Test
  void a_submitted_run_is_found_by_its_id_with_its_spec_tags_and_parameters() {
    RunSpec spec = Specs.with("hello", Map.of("team", "birds"), Map.of("trees", "200"), "key", 5);

    RunRow inserted = insert(spec);
    reopen();

    RunRow row = store.read(reads -> reads.run("hello-1"));
    assertThat(row).isEqualTo(inserted).isEqualTo(run(inserted.id()));
    assertThat(row)
        .isEqualTo(
            new RunRow(
                inserted.id(),
                "hello-1",
                "hello",
                "local",
                RunState.CREATED,
                "",
                5,
                NOW,
                null,
                null,
                0,
                null,
                null,
                false,
                null,
                "key"));
    assertThat(store.<RunSpec>read(reads -> reads.spec(row.id()))).isEqualTo(spec);
    assertThat(store.<Map<String, String>>read(reads -> reads.tags(row.id())))
        .isEqualTo(Map.of("team", "birds"));
    assertThat(store.<Map<String, String>>read(reads -> reads.params(row.id())))
        .isEqualTo(Map.of("trees", "200"));
    assertThat(store.<RunRow>read(reads -> reads.run("hello-2"))).isNull();
  }

  @Test
  void numbers_count_for_each_name_and_never_come_back() {
    assertThat(insert(Specs.named("a")).runId()).isEqualTo("a-1");
    assertThat(insert(Specs.named("b")).runId()).isEqualTo("b-1");
    RunRow newest = insert(Specs.named("a"));
    assertThat(newest.runId()).isEqualTo("a-2");
    change(tx -> tx.deleteRun(newest.id()));
    reopen();

    RunRow next = insert(Specs.named("a"));

    assertThat(next.runId()).isEqualTo("a-3");
    assertThat(next.id()).isGreaterThan(newest.id());
  }

  @Test
  void a_second_submit_with_the_same_idempotency_key_gives_the_first_run() {
    Tx.Inserted first = store.write(tx -> tx.insertRun(Specs.keyed("a", "nightly"), NOW));
    Tx.Inserted second = store.write(tx -> tx.insertRun(Specs.keyed("other", "nightly"), NOW));

    assertThat(first.existing()).isFalse();
    assertThat(second.existing()).isTrue();
    assertThat(second.run()).isEqualTo(first.run());
    assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(1);
    assertThat(store.<RunRow>read(r -> r.runByIdempotencyKey("nightly"))).isEqualTo(first.run());
  }

  @Test
  void a_run_goes_its_way_to_the_verdict() {
    long id = insert(Specs.named("a")).id();
    WorkloadHandle handle = new WorkloadHandle("local", 1, "pid:5:x");
    AttemptRow queued =
        new AttemptRow(
            id, 1, RunState.QUEUED, "2 before it", null, 0, null, null, 0, NOW, null, null, false);
    AttemptRow running =
        new AttemptRow(
            id, 1, RunState.RUNNING, "", handle, 3, null, null, 0, NOW, at(1), null, false);
    AttemptRow failed =
        new AttemptRow(
            id,
            1,
            RunState.FAILED,
            "code 75",
            handle,
            3,
            Cause.EXITED,
            75,
            2,
            NOW,
            at(1),
            at(2),
            false);
    AttemptRow second =
        new AttemptRow(
            id, 2, RunState.CREATED, "", null, 0, null, null, 0, at(3), null, null, false);
    change(tx -> tx.putAttempt(queued));
    assertThat(run(id).state()).isEqualTo(RunState.QUEUED);
    assertThat(run(id).reason()).isEqualTo("2 before it");
    assertThat(run(id).attempt()).isEqualTo(1);
    change(
        tx -> {
          tx.putAttempt(running);
          tx.setProgress(id, new Progress(3, 10, "epoch 3"));
          tx.requestCancel(id);
        });
    assertThat(run(id).started()).isEqualTo(at(1));
    assertThat(run(id).ended()).isNull();
    assertThat(run(id).progress()).isEqualTo(new Progress(3, 10, "epoch 3"));
    assertThat(run(id).cancelRequested()).isTrue();
    assertThat(store.<List<AttemptRow>>read(Reads::unreleased)).containsExactly(running);
    change(tx -> tx.putAttempt(failed));
    assertThat(run(id).state()).isEqualTo(RunState.FAILED);
    assertThat(run(id).ended()).isEqualTo(at(2));
    assertThat(run(id).cause()).isEqualTo(Cause.EXITED);
    assertThat(run(id).exitCode()).isEqualTo(75);
    change(
        tx -> {
          tx.putAttempt(second);
          tx.setReleased(id, 1);
          tx.putAttempt(running); // an old one changes nothing of the run
          tx.putAttempt(failed);
          tx.setReleased(id, 1);
        });
    reopen();

    assertThat(run(id).state()).isEqualTo(RunState.CREATED);
    assertThat(run(id).attempt()).isEqualTo(2);
    assertThat(run(id).started()).isEqualTo(at(1));
    assertThat(run(id).ended()).isNull();
    assertThat(run(id).exitCode()).isNull();
    List<AttemptRow> attempts = store.read(reads -> reads.attempts(id));
    assertThat(attempts).hasSize(2);
    assertThat(attempts.get(0).released()).isTrue();
    assertThat(attempts.get(0).reason()).isEqualTo("code 75");
    assertThat(attempts.get(1)).isEqualTo(second);
    assertThat(store.<AttemptRow>read(reads -> reads.attempt(id, 2))).isEqualTo(second);
    assertThat(store.<AttemptRow>read(reads -> reads.attempt(id, 3))).isNull();
    assertThat(store.<List<AttemptRow>>read(Reads::unreleased)).containsExactly(second);
  }

  private static AttemptRow ended(long run, RunState state) {
    return new AttemptRow(run, 1, state, "", null, 0, Cause.EXITED, 0, 0, NOW, NOW, NOW, false);
  }

  @Test
  void unfinished_runs_come_in_the_order_in_which_they_may_start() {
    long low = insert(Specs.named("low")).id();
    long done = insert(Specs.named("done")).id();
    long high = insert(Specs.with("high", Map.of(), Map.of(), null, 9)).id();
    long later = insert(Specs.named("later")).id();
    change(tx -> tx.putAttempt(ended(done, RunState.SUCCEEDED)));

    assertThat(store.<List<RunRow>>read(Reads::unfinished))
        .extracting(RunRow::id)
        .containsExactly(high, low, later);
    assertThat(store.<Boolean>read(reads -> reads.isInUse("local"))).isTrue();
    assertThat(store.<Boolean>read(reads -> reads.isInUse("hpc"))).isFalse();
    assertThat(store.<List<RunRow>>read(reads -> reads.endedBefore(NOW.plusMillis(1), 10)))
        .extracting(RunRow::id)
        .containsExactly(done);
    assertThat(store.<List<RunRow>>read(reads -> reads.endedBefore(NOW, 10))).isEmpty();
  }

  @Test
  void the_newest_runs_come_page_by_page() {
    for (int i = 0; i < 7; i++) {
      insert(Specs.named("r"));
    }

    List<RunRow> first = store.read(reads -> reads.newest(3));
    List<RunRow> second = store.read(reads -> reads.olderThan(first.get(2).id(), 3));
    List<RunRow> third = store.read(reads -> reads.olderThan(second.get(2).id(), 3));

    assertThat(first).extracting(RunRow::runId).containsExactly("r-7", "r-6", "r-5");
    assertThat(second).extracting(RunRow::runId).containsExactly("r-4", "r-3", "r-2");
    assertThat(third).extracting(RunRow::runId).containsExactly("r-1");
  }

  @Test
  void events_of_every_kind_come_back_in_order() {
    long id = insert(Specs.named("a")).id();
    List<RunEvent> events =
        List.of(
            new RunEvent.StateChanged(NOW, 1, RunState.PREPARING, "why \"not\"\n"),
            new RunEvent.WaitingFor(NOW.plusMillis(1), 1, "slot"),
            new RunEvent.Restarted(NOW, 1, 2),
            new RunEvent.Retrying(NOW, 1, Cause.NODE_LOST, null),
            new RunEvent.Retrying(NOW, 2, Cause.EXITED, -1),
            new RunEvent.CancelRequested(NOW, 2),
            new RunEvent.Noted(NOW, 2, "half \ud83d"));
    change(tx -> events.forEach(event -> tx.addEvent(id, event)));
    reopen();

    assertThat(store.<List<RunEvent>>read(reads -> reads.events(id, 0))).isEqualTo(events);
    assertThat(store.<List<RunEvent>>read(reads -> reads.events(id, 5)))
        .isEqualTo(events.subList(5, 7));
  }

  @Test
  void the_last_value_of_a_parameter_and_of_a_tag_counts() {
    long id = insert(Specs.labelled("a", Map.of("t", "1"), Map.of("p", "1"))).id();
    change(
        tx -> {
          tx.putParam(id, "p", "x");
          tx.putTag(id, "t", "\u0000 'odd' ; drop table run");
          tx.putTag(id, "", "");
        });

    assertThat(store.<Map<String, String>>read(reads -> reads.params(id)))
        .isEqualTo(Map.of("p", "x"));
    assertThat(store.<Map<String, String>>read(reads -> reads.tags(id)))
        .isEqualTo(Map.of("t", "\u0000 'odd' ; drop table run", "", ""));
  }

  @Test
  void nan_and_infinities_are_kept_in_the_series_and_as_latest() {
    long id = insert(Specs.named("a")).id();
    change(
        tx -> {
          tx.appendPoints(id, "nan", points(1, 0.5, 2, Double.NaN));
          tx.appendPoints(id, "inf", points(1, Double.POSITIVE_INFINITY));
          tx.appendPoints(id, "ninf", points(1, Double.NEGATIVE_INFINITY));
          tx.appendPoints(id, "number", points(1, Double.NaN, 2, 0.5));
          tx.appendPoints(id, "none", new PackedPoints());
        });
    reopen();

    Map<String, MetricPoint> latest = store.read(reads -> reads.latest(id));
    assertThat(latest.keySet()).containsExactly("inf", "nan", "ninf", "number");
    assertThat(latest.get("nan").value()).isNaN();
    assertThat(latest.get("nan").step()).isEqualTo(2);
    assertThat(latest.get("inf").value()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(latest.get("ninf").value()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(latest.get("number")).isEqualTo(new MetricPoint(2, at(2), 0.5));
    assertThat(values(id, "nan")).containsExactly(0.5, Double.NaN);
    assertThat(values(id, "none")).isEmpty();
    assertThat(values(id, "never heard of")).isEmpty();
  }

  @Test
  void latest_is_the_highest_step_and_among_equals_the_one_that_came_last() {
    long id = insert(Specs.named("a")).id();
    change(tx -> tx.appendPoints(id, "m", points(5, 50, 7, 70, 7, 71, 3, 30)));
    assertThat(latest(id, "m")).isEqualTo(new MetricPoint(7, at(7), 71));
    change(tx -> tx.appendPoints(id, "m", points(6, 60)));
    assertThat(latest(id, "m")).isEqualTo(new MetricPoint(7, at(7), 71));
    change(tx -> tx.appendPoints(id, "m", points(7, 72)));
    assertThat(latest(id, "m")).isEqualTo(new MetricPoint(7, at(7), 72));
    assertThat(values(id, "m")).containsExactly(30.0, 50.0, 60.0, 70.0, 71.0, 72.0);
  }

  @Test
  void joining_blocks_changes_nothing_that_can_be_read() {
    long id = insert(Specs.named("a")).id();
    long other = insert(Specs.named("a")).id();
    Random random = new Random(7);
    change(
        tx -> {
          int counter = 0;
          for (int block = 0; block < 1200; block++) {
            PackedPoints points = new PackedPoints();
            for (int i = random.nextInt(20); i >= 0; i--) {
              points.add(random.nextInt(500), 0, counter++);
            }
            tx.appendPoints(id, "m", points);
            tx.appendPoints(other, "m", points);
          }
          tx.appendPoints(id, "few", points(1, 1));
          tx.appendPoints(id, "few", points(2, 2));
        });
    List<Double> before = values(id, "m");
    store.compact(id).join();

    assertThat(values(id, "m")).isEqualTo(before);
    assertThat(values(other, "m")).isEqualTo(before);
    assertThat(values(id, "few")).containsExactly(1.0, 2.0);
    assertThat(blocks(id)).allSatisfy(n -> assertThat(n).isLessThanOrEqualTo(4096));
    assertThat(blocks(id)).hasSizeBetween(before.size() / 4096, before.size() / 4096 + 2 + 4);
    assertThat(blocks(other)).hasSize(1200);
    change(tx -> tx.appendPoints(id, "m", points(499, -1)));
    List<Double> after = values(id, "m");
    assertThat(after.get(after.size() - 1)).isEqualTo(-1);
  }

  @Test
  void cursors_and_outputs_are_kept_with_the_last_one_counting() {
    long id = insert(Specs.named("a")).id();
    Digest digest = new Digest("a".repeat(64));
    byte[] state = {1, 0, -1};
    change(
        tx -> {
          tx.setCursor(id, new CursorRow(1, 0, 2, Channel.ERR, Cursor.at(5), null, 5));
          tx.setCursor(id, new CursorRow(1, 0, 2, Channel.ERR, Cursor.at(9), state, 9));
          tx.setCursor(id, new CursorRow(2, 0, 0, Channel.OUT, Cursor.START, null, 0));
          tx.putOutput(id, new OutputRow("model", digest, 1, "x", "file"));
          tx.putOutput(id, new OutputRow("model", digest, 5, "out/model", "folder"));
        });
    reopen();

    List<CursorRow> cursors = store.read(reads -> reads.cursors(id, 1));
    assertThat(cursors).hasSize(1);
    CursorRow cursor = cursors.get(0);
    assertThat(cursor.cursor()).isEqualTo(Cursor.at(9));
    assertThat(cursor.readerState()).isEqualTo(state);
    assertThat(cursor.copied()).isEqualTo(9);
    assertThat(cursor.rank()).isEqualTo(2);
    assertThat(cursor.channel()).isEqualTo(Channel.ERR);
    assertThat(store.<List<OutputRow>>read(reads -> reads.outputs(id)))
        .containsExactly(new OutputRow("model", digest, 5, "out/model", "folder"));
    assertThat(store.<List<Digest>>read(Reads::outputDigests)).containsExactly(digest);
  }

  @Test
  void a_deleted_run_leaves_nothing_behind() {
    long kept = full();
    long gone = full();
    change(tx -> tx.deleteRun(gone));

    store.read(
        reads -> {
          List<String> tables =
              reads.db.list(
                  "select m.name from sqlite_master m join pragma_table_info(m.name) c"
                      + " where m.type = 'table' and c.name = 'run'",
                  row -> row.getString(1));
          assertThat(tables).hasSize(9);
          for (String table : tables) {
            String count = "select count(*) from " + table + " where run = ?";
            assertThat(reads.db.number(count, gone)).as(table).isZero();
            assertThat(reads.db.number(count, kept)).as(table).isPositive();
          }
          return null;
        });
    assertThat(run(gone)).isNull();
    assertThat(run(kept)).isNotNull();
  }

  private long full() {
    long id = insert(Specs.labelled("a", Map.of("t", "1"), Map.of("p", "1"))).id();
    change(
        tx -> {
          tx.putAttempt(ended(id, RunState.FAILED));
          tx.addEvent(id, new RunEvent.CancelRequested(NOW, 1));
          tx.appendPoints(id, "m", points(1, 1));
          tx.setCursor(id, new CursorRow(1, 0, 0, Channel.OUT, Cursor.START, null, 0));
          tx.putOutput(id, new OutputRow("o", new Digest("a".repeat(64)), 1, "x", "file"));
        });
    return id;
  }

  @Test
  void targets_keep_what_they_said_last() {
    TargetSpec spec = TargetSpec.of("slurm", Map.of("url", "http://x"));
    Capabilities capabilities =
        new Capabilities(
            Set.of(Feature.GPU), List.of(), Duration.ofSeconds(1), Duration.ofSeconds(2), Map.of());
    change(
        tx -> {
          tx.putTarget("hpc", spec);
          tx.setProbe("hpc", capabilities, NOW, "");
          tx.setProbe("hpc", null, NOW.plusSeconds(1), "refused");
          tx.putTarget("box", spec);
        });
    reopen();

    assertThat(store.<List<TargetRow>>read(Reads::targets))
        .containsExactly(
            new TargetRow("box", spec, null, null, ""),
            new TargetRow("hpc", spec, capabilities, NOW.plusSeconds(1), "refused"));
    change(
        tx -> {
          tx.putTarget("hpc", spec);
          tx.deleteTarget("box");
        });
    assertThat(store.<TargetRow>read(reads -> reads.target("hpc")))
        .isEqualTo(new TargetRow("hpc", spec, null, null, ""));
    assertThat(store.<TargetRow>read(reads -> reads.target("box"))).isNull();
  }

  @Test
  void named_data_has_versions_with_places() {
    Content one = new Content.InPlace("/a");
    Content two = new Content.Tree(new Digest("b".repeat(64)));
    assertThat(store.<Integer>write(tx -> tx.insertData("penguins", one, NOW))).isEqualTo(1);
    assertThat(store.<Integer>write(tx -> tx.insertData("penguins", two, NOW))).isEqualTo(2);
    change(tx -> tx.putDataPlace("penguins", 2, "hpc", "/old"));
    change(tx -> tx.putDataPlace("penguins", 2, "hpc", "/data"));
    change(tx -> tx.insertData("a", one, NOW));

    DataRow newest = new DataRow("penguins", 2, two, NOW, Map.of("hpc", "/data"));
    assertThat(store.<List<DataRow>>read(Reads::data))
        .containsExactly(new DataRow("a", 1, one, NOW, Map.of()), newest);
    assertThat(store.<DataRow>read(reads -> reads.data("penguins", 1)).content()).isEqualTo(one);
    assertThat(store.<DataRow>read(reads -> reads.data("penguins", 3))).isNull();
    assertThat(store.<Integer>read(reads -> reads.newestData("penguins"))).isEqualTo(2);
    assertThat(store.<Integer>read(reads -> reads.newestData("x"))).isZero();
  }

  @Test
  void facts_about_the_workspace_are_kept() {
    change(tx -> tx.putMeta("id", "w1"));
    change(tx -> tx.putMeta("id", "w2"));
    reopen();

    assertThat(store.<String>read(reads -> reads.meta("id"))).isEqualTo("w2");
    assertThat(store.<String>read(reads -> reads.meta("x"))).isNull();
  }

  @Test
  void all_specs_can_be_walked() {
    insert(Specs.named("a"));
    insert(Specs.named("b"));
    List<String> names = new ArrayList<>();

    store.read(
        reads -> {
          reads.specs(spec -> names.add(spec.name()));
          return null;
        });

    assertThat(names).containsExactly("a", "b");
  }

  @Test
  void the_spec_of_a_newer_version_is_refused_and_the_others_stay_readable() {
    long newer = insert(Specs.named("a")).id();
    long known = insert(Specs.named("b")).id();
    change(
        tx ->
            tx.db.update(
                "update spec set json = replace(json, '\"version\":1', '\"version\":9')"
                    + " where run = ?",
                newer));

    assertThatThrownBy(() -> store.read(reads -> reads.spec(newer)))
        .isInstanceOf(NewerVersionException.class)
        .hasMessageContaining("update Wherry");
    assertThat(store.<RunSpec>read(reads -> reads.spec(known)).name()).isEqualTo("b");
    assertThat(run(newer).runId()).isEqualTo("a-1");
  }

  @Test
  void the_numbers_of_the_states_never_change() {
    assertThat(RunState.values())
        .containsExactly(
            RunState.CREATED,
            RunState.PREPARING,
            RunState.QUEUED,
            RunState.RUNNING,
            RunState.COLLECTING,
            RunState.SUCCEEDED,
            RunState.FAILED,
            RunState.CANCELED,
            RunState.LOST);
    assertThat(Arrays.stream(RunState.values()).filter(RunState::isFinal))
        .allMatch(state -> StateNumber.of(state) >= 5)
        .hasSize(4);
  }

  private List<Integer> blocks(long run) {
    return store.read(
        reads ->
            reads.db.list("select n from metric_block where run = ?", row -> row.getInt(1), run));
  }

  private MetricPoint latest(long run, String metric) {
    return store.<Map<String, MetricPoint>>read(reads -> reads.latest(run)).get(metric);
  }

  private List<Double> values(long run, String metric) {
    return store.<PackedPoints>read(reads -> reads.series(run, metric)).asList().stream()
        .map(MetricPoint::value)
        .toList();
  }

  private static Instant at(long step) {
    return NOW.plusMillis(step);
  }

  private static PackedPoints points(double... stepsAndValues) {
    PackedPoints points = new PackedPoints();
    for (int i = 0; i < stepsAndValues.length; i += 2) {
      long step = (long) stepsAndValues[i];
      points.add(step, at(step).toEpochMilli(), stepsAndValues[i + 1]);
    }
    return points;
  }
}
