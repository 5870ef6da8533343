package io.wherry.internal.store;

import io.wherry.event.RunEvent;
import io.wherry.internal.json.SpecCodec;
import io.wherry.spec.Content;
import io.wherry.spec.Progress;
import io.wherry.spec.RunSpec;
import io.wherry.spec.RunState;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.Capabilities;
import io.wherry.spi.WorkloadHandle;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of a {@link Write}. They do what they say and check nothing: which state may follow
 * which is the controller's knowledge. Changing what does not exist does nothing. Reads see what
 * the write has done so far.
 */
public final class Tx extends Reads {
  private static final String[] TABLES_OF_A_RUN = {
    "spec", "attempt", "event", "tag", "param", "latest", "metric_block", "cursor", "output"
  };

  private final Map<String, Integer> keys = new HashMap<>();

  Tx(Db db) {
    super(db);
  }

  /**
   * What {@link #insertRun} found or made.
   *
   * @param run the run
   * @param existing whether it was there before
   */
  public record Inserted(RunRow run, boolean existing) {}

  /**
   * Adds a run in state CREATED with its spec, parameters and tags. Its id is {@code name-N}; the N
   * of a name only grows, also when runs are deleted. If there is a run with the spec's idempotency
   * key, that one is returned instead.
   */
  public Inserted insertRun(RunSpec spec, Instant now) {
    String idempotencyKey = spec.idempotencyKey();
    if (idempotencyKey != null) {
      RunRow existing = runByIdempotencyKey(idempotencyKey);
      if (existing != null) {
        return new Inserted(existing, true);
      }
    }
    long no =
        db.number(
            "insert into name_counter(name, last) values (?, 1)"
                + " on conflict(name) do update set last = last + 1 returning last",
            spec.name());
    String runId = spec.name() + "-" + no;
    long id =
        db.number(
            "insert into run(run_id, name, target, state, reason, priority, created,"
                + " idempotency_key) values (?, ?, ?, 0, '', ?, ?, ?) returning id",
            runId,
            spec.name(),
            spec.target(),
            spec.priority(),
            now,
            idempotencyKey);
    db.update("insert into spec(run, json) values (?, ?)", id, SpecCodec.write(spec));
    for (Map.Entry<String, String> param : spec.params().entrySet()) {
      putParam(id, param.getKey(), param.getValue());
    }
    for (Map.Entry<String, String> tag : spec.tags().entrySet()) {
      putTag(id, tag.getKey(), tag.getValue());
    }
    RunRow row =
        new RunRow(
            id,
            runId,
            spec.name(),
            spec.target(),
            RunState.CREATED,
            "",
            spec.priority(),
            Instant.ofEpochMilli(now.toEpochMilli()),
            null,
            null,
            0,
            null,
            null,
            false,
            null,
            idempotencyKey);
    return new Inserted(row, false);
  }

  /** The user asked for the end of the run. */
  public void requestCancel(long run) {
    db.update("update run set cancel_requested = 1 where id = ?", run);
  }

  /** What the program says about how far it is. */
  public void setProgress(long run, Progress progress) {
    db.update(
        "update run set done = ?, total = ?, message = ? where id = ?",
        progress.done(),
        progress.total(),
        progress.message(),
        run);
  }

  /** Adds an attempt or changes it; the run shows its newest one. */
  public void putAttempt(AttemptRow attempt) {
    WorkloadHandle handle = attempt.handle();
    db.update(
        "insert or replace into attempt(run, no, state, reason, handle, restart, cause, exit_code,"
            + " rank, created, started, ended, released)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        attempt.run(),
        attempt.no(),
        StateNumber.of(attempt.state()),
        attempt.reason(),
        handle == null ? null : handle.toString(),
        attempt.restart(),
        attempt.cause(),
        attempt.exitCode(),
        attempt.rank(),
        attempt.created(),
        attempt.started(),
        attempt.ended(),
        attempt.released() ? 1 : 0);
    db.update(
        "update run set attempt = ?, state = ?, reason = ?, cause = ?, exit_code = ?,"
            + " started = coalesce(started, ?), ended = ? where id = ? and attempt <= ?",
        attempt.no(),
        StateNumber.of(attempt.state()),
        attempt.reason(),
        attempt.cause(),
        attempt.exitCode(),
        attempt.started(),
        attempt.state().isFinal() ? attempt.ended() : null,
        attempt.run(),
        attempt.no());
  }

  /** The attempt has left no traces on its target. */
  public void setReleased(long run, int no) {
    db.update("update attempt set released = 1 where run = ? and no = ?", run, no);
  }

  /** Adds an event at the end of the run's timeline. */
  public void addEvent(long run, RunEvent event) {
    db.update(
        "insert into event(run, seq, at, attempt, kind, data) values"
            + " (?1, coalesce((select max(seq) from event where run = ?1), 0) + 1, ?2, ?3, ?4, ?5)",
        run,
        event.at(),
        event.attempt(),
        EventCodec.kind(event),
        EventCodec.data(event));
  }

  /** Sets a parameter; the last value counts. */
  public void putParam(long run, String name, String value) {
    db.update(
        "insert into param(run, key, value, num) values (?, ?, ?, ?) on conflict(run, key)"
            + " do update set value = excluded.value, num = excluded.num",
        run,
        key(name),
        value,
        Numbers.ofText(value));
  }

  /** Sets a tag; the last value counts. */
  public void putTag(long run, String name, String value) {
    db.update(
        "insert into tag(run, key, value, num) values (?, ?, ?, ?) on conflict(run, key)"
            + " do update set value = excluded.value, num = excluded.num",
        run,
        key(name),
        value,
        Numbers.ofText(value));
  }

  /**
   * The number that stands for a name of a metric, parameter or tag. Valid in this write only,
   * unless it commits.
   */
  public int key(String name) {
    Integer known = keys.get(name);
    if (known != null) {
      return known;
    }
    long id = db.number("select id from key where name = ?", name);
    if (id == 0) {
      id = db.number("insert into key(name) values (?) returning id", name);
    }
    keys.put(name, (int) id);
    return (int) id;
  }

  /** {@link #appendPoints(long, int, PackedPoints)} by name. */
  public void appendPoints(long run, String metric, PackedPoints points) {
    appendPoints(run, key(metric), points);
  }

  /**
   * Adds points to a metric. The latest value is the one with the highest step, the one that came
   * last where several have it. The points are copied: the caller may clear and refill them.
   */
  public void appendPoints(long run, int key, PackedPoints points) {
    if (points.isEmpty()) {
      return;
    }
    int last = 0;
    for (int i = 1; i < points.size(); i++) {
      if (points.step(i) >= points.step(last)) {
        last = i;
      }
    }
    db.update(
        "insert into metric_block(run, key, first_step, n, bytes) values (?, ?, ?, ?, ?)",
        run,
        key,
        points.firstStep(),
        points.size(),
        points.toBytes());
    double value = points.value(last);
    db.update(
        "insert into latest(run, key, value, step, at) values (?, ?, ?, ?, ?)"
            + " on conflict(run, key) do update"
            + " set value = excluded.value, step = excluded.step, at = excluded.at"
            + " where excluded.step >= step",
        run,
        key,
        Double.isNaN(value) ? null : (Double) value,
        points.step(last),
        points.epochMillis(last));
  }

  /** How far a stream of the run was read; together with what was read, in the same write. */
  public void setCursor(long run, CursorRow cursor) {
    db.update(
        "insert or replace into cursor(run, attempt, restart, rank, channel, token, reader_state,"
            + " copied) values (?, ?, ?, ?, ?, ?, ?, ?)",
        run,
        cursor.attempt(),
        cursor.restart(),
        cursor.rank(),
        cursor.channel(),
        cursor.cursor().token(),
        cursor.readerState(),
        cursor.copied());
  }

  /** Sets an output; the last one of a name counts. */
  public void putOutput(long run, OutputRow output) {
    db.update(
        "insert or replace into output(run, name, digest, size, path, kind)"
            + " values (?, ?, ?, ?, ?, ?)",
        run,
        output.name(),
        output.digest().toString(),
        output.size(),
        output.path(),
        output.kind());
  }

  /** Deletes a run with everything of it. Its id is never given again. */
  public void deleteRun(long run) {
    for (String table : TABLES_OF_A_RUN) {
      db.update("delete from " + table + " where run = ?", run);
    }
    db.update("delete from run where id = ?", run);
  }

  /** Adds a target or changes how it is reached; what it said before is forgotten. */
  public void putTarget(String name, TargetSpec spec) {
    db.update(
        "insert or replace into target(name, spec) values (?, ?)", name, SpecCodec.write(spec));
  }

  /**
   * What asking a target has brought.
   *
   * @param capabilities what it can do, null if it did not answer: then what it said before stays
   * @param note why it is not available, empty if it is
   */
  public void setProbe(String name, @Nullable Capabilities capabilities, Instant at, String note) {
    db.update(
        "update target set capabilities = coalesce(?, capabilities), probed_at = ?, note = ?"
            + " where name = ?",
        capabilities == null ? null : SpecCodec.write(capabilities),
        at,
        note,
        name);
  }

  /** Forgets a target. */
  public void deleteTarget(String name) {
    db.update("delete from target where name = ?", name);
  }

  /** Adds the next version of named data and returns its number. */
  public int insertData(String name, Content content, Instant now) {
    int version = newestData(name) + 1;
    db.update(
        "insert into data(name, version, content, created) values (?, ?, ?, ?)",
        name,
        version,
        SpecCodec.write(content),
        now);
    return version;
  }

  /** Where a version of named data lies on a target. */
  public void putDataPlace(String name, int version, String target, String location) {
    db.update(
        "insert or replace into data_place(name, version, target, location) values (?, ?, ?, ?)",
        name,
        version,
        target,
        location);
  }

  /** Sets a fact about the workspace. */
  public void putMeta(String key, String value) {
    db.update("insert or replace into meta(key, value) values (?, ?)", key, value);
  }

  /** What was rolled back may be in the dictionary. */
  void forgetKeys() {
    keys.clear();
  }
}
