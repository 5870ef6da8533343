package io.wherry.internal.control;

import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.Channel;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.LocalStreams;
import io.wherry.spi.StreamRef;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The streams of one attempt: where they are read up to, and where their content goes. */
final class StreamSource {
  private static final int MAX_BYTES = 1024 * 1024;

  private final ActiveRun run;
  private final WorkloadBackend backend;
  private final Map<StreamRef, EventIngest> events = new LinkedHashMap<>();
  private final Map<StreamRef, LogCopy> logs = new LinkedHashMap<>();
  private boolean drained;

  StreamSource(
      ActiveRun run,
      WorkloadHandle handle,
      WorkloadBackend backend,
      Journal journal,
      LogFiles files,
      Clock clock) {
    this.run = run;
    this.backend = backend;
    AttemptRecord attempt = run.current();
    Map<StreamRef, Journal.SavedCursor> saved = journal.cursors(run, handle);
    boolean inPlace = backend.facet(LocalStreams.class).isPresent();
    for (int rank = 0; rank < run.spec().worldSize(); rank++) {
      StreamRef ref = run.stream(handle, rank, Channel.EVENTS);
      events.put(ref, new EventIngest(run, attempt, ref, saved.get(ref), journal, clock));
      if (!inPlace) {
        for (Channel channel : List.of(Channel.OUT, Channel.ERR)) {
          StreamRef log = run.stream(handle, rank, channel);
          logs.put(
              log,
              new LogCopy(
                  run,
                  attempt,
                  log,
                  files.copy(run.id(), attempt.number(), rank, channel),
                  saved.get(log),
                  journal));
        }
      }
    }
  }

  boolean belongsTo(ActiveRun other) {
    return run == other;
  }

  /** Reads once; true if there may be more at once. */
  synchronized boolean read() throws BackendException {
    if (drained) {
      return false;
    }
    Map<StreamRef, Cursor> from = new HashMap<>();
    events.forEach((ref, ingest) -> from.put(ref, ingest.cursor()));
    logs.forEach((ref, copy) -> from.put(ref, copy.cursor()));
    boolean more = false;
    for (Map.Entry<StreamRef, Chunk> entry : backend.read(from, MAX_BYTES).entrySet()) {
      Chunk chunk = entry.getValue();
      EventIngest ingest = events.get(entry.getKey());
      LogCopy copy = logs.get(entry.getKey());
      try {
        if (ingest != null) {
          ingest.take(chunk);
        } else if (copy != null) {
          copy.take(chunk);
        }
      } catch (IOException e) {
        throw new BackendException(Kind.TRANSIENT, "a log could not be written: " + e, e);
      }
      more |= chunk.bytes().length > 0;
    }
    return more;
  }

  /** Reads all that is left; the program writes no more. */
  synchronized void drain() throws BackendException {
    while (EngineCalls.retrying("read", this::read)) {
      // read() has taken it
    }
    events.values().forEach(EventIngest::finish);
    drained = true;
  }
}
