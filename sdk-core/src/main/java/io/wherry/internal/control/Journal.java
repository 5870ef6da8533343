package io.wherry.internal.control;

import io.wherry.event.RunEvent;
import io.wherry.internal.json.NewerVersionException;
import io.wherry.internal.store.AttemptRow;
import io.wherry.internal.store.CursorRow;
import io.wherry.internal.store.OutputRow;
import io.wherry.internal.store.PackedPoints;
import io.wherry.internal.store.Reads;
import io.wherry.internal.store.RunRow;
import io.wherry.internal.store.Store;
import io.wherry.internal.store.Tx;
import io.wherry.spec.Progress;
import io.wherry.spec.RunSpec;
import io.wherry.spec.RunState;
import io.wherry.spi.Cursor;
import io.wherry.spi.StreamRef;
import io.wherry.spi.WorkloadHandle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The controller's facts on their way into the store and back. The row of an attempt is the intent
 * to launch it: it is durable before the engine hears of the attempt. Effects come in the order of
 * the calls. Thread-safe.
 */
final class Journal {
  private static final Logger LOG = System.getLogger(Journal.class.getName());
  private static final int MAX_BATCHES = 8;

  /** How far a stream was read, what its reader has to remember, and how many bytes were copied. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record SavedCursor(Cursor cursor, byte[] state, long copied) {}

  /** What was read from events. */
  record Events(
      Map<String, PackedPoints> points,
      Map<String, String> params,
      Map<String, String> tags,
      @Nullable Progress progress) {
    static final Events NONE = new Events(Map.of(), Map.of(), Map.of(), null);
  }

  private final Store store;
  private final String workspaceId;
  private final Semaphore batches = new Semaphore(MAX_BATCHES);

  Journal(Store store, String workspaceId) {
    this.store = store;
    this.workspaceId = workspaceId;
  }

  /** A run that was just made, or the one that an earlier submit with the same key made. */
  record Created(@Nullable ActiveRun run, String id) {}

  /** Makes a run and its first attempt durable. Blocks. */
  Created create(RunSpec spec, Instant now) {
    return store.write(
        tx -> {
          Tx.Inserted inserted = tx.insertRun(spec, now);
          RunRow row = inserted.run();
          if (inserted.existing()) {
            return new Created(null, row.runId());
          }
          AttemptRecord first = AttemptRecord.first(now);
          tx.putAttempt(row(row.id(), first));
          tx.addEvent(row.id(), new RunEvent.StateChanged(now, 1, RunState.CREATED, ""));
          return new Created(
              new ActiveRun(
                  row.id(), workspaceId, row.runId(), spec, now, List.of(first), false, null),
              row.runId());
        });
  }

  /** Makes a run's changes durable. Blocks. */
  void flush(ActiveRun run) {
    run.markFlush();
    try {
      write(run).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Makes them durable soon; several changes become one write. */
  void flushLater(ActiveRun run) {
    if (run.markFlush()) {
      later("changes of " + run.id(), write(run));
    }
  }

  /**
   * Takes the changes when the write comes to pass, and gives them back if it fails: then a later
   * one has them.
   */
  private CompletableFuture<Boolean> write(ActiveRun run) {
    AtomicReference<ActiveRun.Changes> taken = new AtomicReference<>();
    return store
        .writeLater(
            tx -> {
              ActiveRun.Changes changes = run.takeChanges();
              taken.set(changes);
              for (AttemptRecord attempt : changes.attempts()) {
                tx.putAttempt(row(run.pk(), attempt));
              }
              for (RunEvent event : changes.events()) {
                tx.addEvent(run.pk(), event);
              }
              if (changes.cancelRequested()) {
                tx.requestCancel(run.pk());
              }
              return true;
            })
        .whenComplete(
            (done, e) -> {
              ActiveRun.Changes changes = taken.get();
              if (e != null && changes != null) {
                run.putBack(changes);
              }
            });
  }

  /**
   * Stores what was read from a stream together with how far, soon; blocks only while too much is
   * waiting.
   */
  void ingest(
      ActiveRun run, AttemptRecord attempt, StreamRef stream, SavedCursor cursor, Events events) {
    batches.acquireUninterruptibly();
    CompletableFuture<Boolean> written =
        store.writeLater(
            tx -> {
              events.points().forEach((name, points) -> tx.appendPoints(run.pk(), name, points));
              events.params().forEach((name, value) -> tx.putParam(run.pk(), name, value));
              events.tags().forEach((name, value) -> tx.putTag(run.pk(), name, value));
              if (events.progress() != null) {
                tx.setProgress(run.pk(), events.progress());
              }
              tx.setCursor(
                  run.pk(),
                  new CursorRow(
                      attempt.number(),
                      stream.restart(),
                      stream.rank(),
                      stream.channel(),
                      cursor.cursor(),
                      cursor.state(),
                      cursor.copied()));
              return true;
            });
    later("events of " + run.id(), written.whenComplete((done, e) -> batches.release()));
  }

  /** How far the newest attempt's streams were read; empty at its beginning. */
  Map<StreamRef, SavedCursor> cursors(ActiveRun run, WorkloadHandle handle) {
    if (!run.recovered()) {
      return Map.of();
    }
    AttemptRecord attempt = run.current();
    Map<StreamRef, SavedCursor> cursors = new HashMap<>();
    for (CursorRow row : store.read(r -> r.cursors(run.pk(), attempt.number()))) {
      byte[] state = row.readerState();
      cursors.put(
          new StreamRef(handle, row.restart(), row.rank(), row.channel()),
          new SavedCursor(row.cursor(), state == null ? new byte[0] : state, row.copied()));
    }
    return cursors;
  }

  void outputLater(long run, String name, RunContent.Described output, String path) {
    later(
        "output " + name,
        store.writeLater(
            tx -> {
              tx.putOutput(
                  run, new OutputRow(name, output.digest(), output.size(), path, output.kind()));
              return true;
            }));
  }

  void releasedLater(long run, int attempt) {
    later(
        "release",
        store.writeLater(
            tx -> {
              tx.setReleased(run, attempt);
              return true;
            }));
  }

  void compactLater(ActiveRun run) {
    later("compaction of " + run.id(), store.compact(run.pk()));
  }

  /** All runs that have not ended, in the order in which they may start. */
  List<ActiveRun> unfinished() {
    return store.read(
        reads -> {
          List<ActiveRun> runs = new ArrayList<>();
          for (RunRow row : reads.unfinished()) {
            try {
              ActiveRun run =
                  new ActiveRun(
                      row.id(),
                      workspaceId,
                      row.runId(),
                      reads.spec(row.id()),
                      row.created(),
                      attempts(reads, row.id()),
                      row.cancelRequested(),
                      row.progress());
              run.markRecovered();
              runs.add(run);
            } catch (NewerVersionException e) { // a newer client looks after it; all others go on
              LOG.log(Level.WARNING, row.runId() + " is left alone: " + e.getMessage());
            }
          }
          return runs;
        });
  }

  static List<AttemptRecord> attempts(Reads reads, long run) {
    return reads.attempts(run).stream().map(Journal::record).toList();
  }

  static AttemptRecord record(AttemptRow row) {
    return new AttemptRecord(
        row.no(),
        row.restart(),
        row.state(),
        row.reason(),
        row.cause(),
        row.exitCode(),
        row.rank(),
        row.created(),
        row.started(),
        row.ended(),
        row.handle(),
        row.released());
  }

  private static AttemptRow row(long run, AttemptRecord a) {
    return new AttemptRow(
        run,
        a.number(),
        a.state(),
        a.reason(),
        a.handle(),
        a.restart(),
        a.cause(),
        a.exitCode(),
        a.rank(),
        a.created(),
        a.started(),
        a.ended(),
        a.released());
  }

  /** A write that nobody waits for: what fails now is found again by the next opening. */
  private static void later(String what, CompletableFuture<?> write) {
    var unused =
        write.whenComplete(
            (done, e) -> {
              if (e != null) {
                LOG.log(Level.WARNING, "the workspace could not store " + what, e);
              }
            });
  }
}
