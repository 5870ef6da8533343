package io.wherry.internal.store;

import static java.util.Objects.requireNonNull;

import io.wherry.event.RunEvent;
import io.wherry.internal.json.SpecCodec;
import io.wherry.spec.Cause;
import io.wherry.spec.Digest;
import io.wherry.spec.MetricPoint;
import io.wherry.spec.Progress;
import io.wherry.spec.RunSpec;
import io.wherry.spi.Channel;
import io.wherry.spi.Cursor;
import io.wherry.spi.WorkloadHandle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of the store; everything sees the same state. For the thread and the call that
 * it was given to.
 */
public sealed class Reads permits Tx {
  static final String RUN =
      "select r.id, r.run_id, r.name, r.target, r.state, r.reason, r.priority, r.created,"
          + " r.started, r.ended, r.attempt, r.cause, r.exit_code, r.cancel_requested, r.done,"
          + " r.total, r.message, r.idempotency_key from run r ";
  private static final String ATTEMPT =
      "select run, no, state, reason, handle, restart, cause, exit_code, rank, created, started,"
          + " ended, released from attempt ";
  private static final String TARGET =
      "select name, spec, capabilities, probed_at, note from target ";

  final Db db;

  Reads(Db db) {
    this.db = db;
  }

  /** A run by what users call it, null if there is none. */
  public @Nullable RunRow run(String runId) {
    return db.first(RUN + "where r.run_id = ?", Reads::runRow, runId);
  }

  /** A run by its key, null if there is none. */
  public @Nullable RunRow run(long id) {
    return db.first(RUN + "where r.id = ?", Reads::runRow, id);
  }

  /** The run that was submitted with an idempotency key, null if there is none. */
  public @Nullable RunRow runByIdempotencyKey(String key) {
    return db.first(RUN + "where r.idempotency_key = ?", Reads::runRow, key);
  }

  /** The newest runs, newest first. */
  public List<RunRow> newest(int limit) {
    return olderThan(Long.MAX_VALUE, limit);
  }

  /** The next page after {@link #newest}: the newest runs among those with smaller keys. */
  public List<RunRow> olderThan(long id, int limit) {
    return db.list(RUN + "where r.id < ? order by r.id desc limit ?", Reads::runRow, id, limit);
  }

  /**
   * All runs that are not in a final state, in the order in which they may start: priority, then
   * age.
   */
  public List<RunRow> unfinished() {
    return db.list(RUN + "where r.state < 5 order by r.priority desc, r.id", Reads::runRow);
  }

  /** Runs that ended before a time, oldest first. */
  public List<RunRow> endedBefore(Instant time, int limit) {
    return db.list(
        RUN + "where r.ended < ? and r.state >= 5 order by r.id limit ?",
        Reads::runRow,
        time,
        limit);
  }

  /** How many runs there are. */
  public long countRuns() {
    return db.number("select count(*) from run");
  }

  /** Whether a run of this target is not in a final state. */
  public boolean isInUse(String target) {
    return db.number(
            "select exists(select 1 from run indexed by run_state where state < 5 and target = ?)",
            target)
        == 1;
  }

  /** Runs that match, in the search's order; a page at a time. */
  public RunSearch.Page search(RunSearch search, int limit, RunSearch.@Nullable Place after) {
    return search.run(this, limit, after);
  }

  /**
   * The spec of a run.
   *
   * @throws io.wherry.internal.json.NewerVersionException if a newer version wrote it
   */
  public RunSpec spec(long run) {
    String json = db.first("select json from spec where run = ?", row -> row.getString(1), run);
    if (json == null) {
      throw new IllegalArgumentException("there is no run with the key " + run);
    }
    return SpecCodec.readRunSpec(json);
  }

  /** Hands over the spec of every run, one at a time. */
  public void specs(Consumer<RunSpec> each) {
    db.each(
        "select json from spec",
        row -> {
          each.accept(SpecCodec.readRunSpec(row.getString(1)));
          return true;
        });
  }

  /** The attempts of a run in order. */
  public List<AttemptRow> attempts(long run) {
    return db.list(ATTEMPT + "where run = ? order by no", Reads::attemptRow, run);
  }

  /** One attempt, null if there is none. */
  public @Nullable AttemptRow attempt(long run, int no) {
    return db.first(ATTEMPT + "where run = ? and no = ?", Reads::attemptRow, run, no);
  }

  /** Attempts of all runs whose traces on their targets are not released yet. */
  public List<AttemptRow> unreleased() {
    return db.list(ATTEMPT + "where released = 0 order by run, no", Reads::attemptRow);
  }

  /** What happened to a run, in order, without its first events: how many were seen before. */
  public List<RunEvent> events(long run, int seen) {
    return db.list(
        "select at, attempt, kind, data from event where run = ? and seq > ? order by seq",
        row -> EventCodec.read(instant(row, 1), row.getInt(2), row.getString(3), row.getString(4)),
        run,
        seen);
  }

  /** Tags of a run by key. */
  public Map<String, String> tags(long run) {
    return texts(
        "select k.name, t.value from tag t join key k on k.id = t.key where t.run = ?", run);
  }

  /** Parameters of a run by name: those of its spec and those that its program reported. */
  public Map<String, String> params(long run) {
    return texts(
        "select k.name, p.value from param p join key k on k.id = p.key where p.run = ?", run);
  }

  /** The last point of every metric of a run, by name. */
  public Map<String, MetricPoint> latest(long run) {
    Map<String, MetricPoint> latest = new LinkedHashMap<>();
    db.each(
        "select k.name, l.step, l.at, l.value from latest l join key k on k.id = l.key"
            + " where l.run = ? order by k.name",
        row -> {
          double number = row.getDouble(4);
          double value = row.wasNull() ? Double.NaN : number;
          latest.put(row.getString(1), new MetricPoint(row.getLong(2), instant(row, 3), value));
          return true;
        },
        run);
    return latest;
  }

  /**
   * All points of a metric by step, equal steps in the order of arrival; empty if there are none.
   */
  public PackedPoints series(long run, String metric) {
    PackedPoints points = new PackedPoints();
    db.each(
        "select b.bytes from metric_block b where b.run = ?"
            + " and b.key = (select id from key where name = ?) order by b.id",
        row -> {
          points.addPacked(row.getBytes(1));
          return true;
        },
        run,
        metric);
    points.sortByStep();
    return points;
  }

  /** How far the streams of an attempt were read. */
  public List<CursorRow> cursors(long run, int attempt) {
    return db.list(
        "select attempt, restart, rank, channel, token, reader_state, copied from cursor"
            + " where run = ? and attempt = ? order by restart, rank, channel",
        row ->
            new CursorRow(
                row.getInt(1),
                row.getInt(2),
                row.getInt(3),
                Channel.valueOf(row.getString(4)),
                new Cursor(row.getString(5)),
                row.getBytes(6),
                row.getLong(7)),
        run,
        attempt);
  }

  /** The outputs of a run by name. */
  public List<OutputRow> outputs(long run) {
    return db.list(
        "select name, digest, size, path, kind from output where run = ? order by name",
        Reads::outputRow,
        run);
  }

  /** Digests of the outputs of all runs. */
  public List<Digest> outputDigests() {
    return db.list("select distinct digest from output", row -> Digest.parse(row.getString(1)));
  }

  /** The attached targets by name. */
  public List<TargetRow> targets() {
    return db.list(TARGET + "order by name", Reads::targetRow);
  }

  /** A target, null if there is none of that name. */
  public @Nullable TargetRow target(String name) {
    return db.first(TARGET + "where name = ?", Reads::targetRow, name);
  }

  /** The newest version of each named data, by name. */
  public List<DataRow> data() {
    List<Map.Entry<String, Integer>> newest =
        db.list(
            "select name, max(version) from data group by name order by name",
            row -> Map.entry(row.getString(1), row.getInt(2)));
    List<DataRow> rows = new ArrayList<>();
    newest.forEach(n -> rows.add(requireNonNull(data(n.getKey(), n.getValue()))));
    return rows;
  }

  /** A version of named data, null if there is none. */
  public @Nullable DataRow data(String name, int version) {
    Map<String, String> places =
        texts(
            "select target, location from data_place where name = ? and version = ?",
            name,
            version);
    return db.first(
        "select content, created from data where name = ? and version = ?",
        row ->
            new DataRow(
                name, version, SpecCodec.readContent(row.getString(1)), instant(row, 2), places),
        name,
        version);
  }

  /** Number of the newest version of named data, 0 if there is none. */
  public int newestData(String name) {
    return (int) db.number("select max(version) from data where name = ?", name);
  }

  /** A fact about the workspace, null if it was never put. */
  public @Nullable String meta(String key) {
    return db.first("select value from meta where key = ?", row -> row.getString(1), key);
  }

  /** The number of a name of a metric, parameter or tag; 0 if nothing has it. */
  long keyId(String name) {
    return db.number("select id from key where name = ?", name);
  }

  private Map<String, String> texts(String sql, Object... arguments) {
    Map<String, String> texts = new LinkedHashMap<>();
    db.each(
        sql + " order by 1",
        row -> {
          texts.put(row.getString(1), row.getString(2));
          return true;
        },
        arguments);
    return texts;
  }

  static RunRow runRow(ResultSet row) throws SQLException {
    long done = row.getLong(15);
    Progress progress =
        row.wasNull() ? null : new Progress(done, row.getLong(16), row.getString(17));
    return new RunRow(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        StateNumber.state(row.getInt(5)),
        row.getString(6),
        row.getInt(7),
        instant(row, 8),
        optionalInstant(row, 9),
        optionalInstant(row, 10),
        row.getInt(11),
        cause(row.getString(12)),
        optionalInt(row, 13),
        row.getInt(14) != 0,
        progress,
        row.getString(18));
  }

  private static AttemptRow attemptRow(ResultSet row) throws SQLException {
    String handle = row.getString(5);
    return new AttemptRow(
        row.getLong(1),
        row.getInt(2),
        StateNumber.state(row.getInt(3)),
        row.getString(4),
        handle == null ? null : WorkloadHandle.parse(handle),
        row.getInt(6),
        cause(row.getString(7)),
        optionalInt(row, 8),
        row.getInt(9),
        instant(row, 10),
        optionalInstant(row, 11),
        optionalInstant(row, 12),
        row.getInt(13) != 0);
  }

  private static OutputRow outputRow(ResultSet row) throws SQLException {
    return new OutputRow(
        row.getString(1),
        Digest.parse(row.getString(2)),
        row.getLong(3),
        row.getString(4),
        row.getString(5));
  }

  private static TargetRow targetRow(ResultSet row) throws SQLException {
    String capabilities = row.getString(3);
    return new TargetRow(
        row.getString(1),
        SpecCodec.readTargetSpec(row.getString(2)),
        capabilities == null ? null : SpecCodec.readCapabilities(capabilities),
        optionalInstant(row, 4),
        row.getString(5));
  }

  private static @Nullable Cause cause(@Nullable String name) {
    return name == null ? null : Cause.valueOf(name);
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  private static @Nullable Instant optionalInstant(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static @Nullable Integer optionalInt(ResultSet row, int column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? null : Integer.valueOf(value);
  }
}
