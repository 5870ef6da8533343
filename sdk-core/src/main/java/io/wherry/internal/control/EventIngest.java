package io.wherry.internal.control;

import io.wherry.internal.store.PackedPoints;
import io.wherry.runtime.protocol.EventReader;
import io.wherry.runtime.protocol.EventSink;
import io.wherry.spec.Progress;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.StreamRef;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One events file on its way into the store. What was read and how far goes into one transaction,
 * so that no crash loses or doubles a point.
 */
final class EventIngest implements EventSink {
  private static final int MAX_WARNINGS = 20;

  private final ActiveRun run;
  private final AttemptRecord attempt;
  private final StreamRef stream;
  private final Journal journal;
  private final Clock clock;
  private final EventReader reader;
  private Cursor cursor;
  private byte[] rest;
  private int warnings;

  private final List<PackedPoints> points = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private Map<String, String> params = new LinkedHashMap<>();
  private Map<String, String> tags = new LinkedHashMap<>();
  private @Nullable Progress progress;

  EventIngest(
      ActiveRun run,
      AttemptRecord attempt,
      StreamRef stream,
      Journal.@Nullable SavedCursor saved,
      Journal journal,
      Clock clock) {
    this.run = run;
    this.attempt = attempt;
    this.stream = stream;
    this.journal = journal;
    this.clock = clock;
    if (saved == null) {
      this.cursor = Cursor.START;
      this.rest = new byte[0];
      this.reader = new EventReader(this, clock::millis);
    } else {
      ByteBuffer state = ByteBuffer.wrap(saved.state());
      byte[] readerState = new byte[state.getInt()];
      state.get(readerState);
      this.cursor = saved.cursor();
      this.rest = new byte[state.remaining()];
      state.get(rest);
      this.reader = EventReader.resume(this, clock::millis, readerState);
    }
  }

  Cursor cursor() {
    return cursor;
  }

  /** Takes the next bytes; returns when the write that stores them is queued. */
  void take(Chunk chunk) {
    if (!chunk.gap().isEmpty()) {
      run.note("events of rank " + stream.rank() + ": " + chunk.gap(), clock.instant());
    }
    byte[] bytes = chunk.bytes();
    if (rest.length > 0) {
      bytes = Arrays.copyOf(rest, rest.length + chunk.bytes().length);
      System.arraycopy(chunk.bytes(), 0, bytes, rest.length, chunk.bytes().length);
    }
    int consumed = reader.feed(bytes, 0, bytes.length);
    rest = Arrays.copyOfRange(bytes, consumed, bytes.length);
    cursor = chunk.next();
    if (chunk.bytes().length > 0) {
      store();
    }
  }

  /** The file has ended: an unfinished last record is a warning. */
  void finish() {
    if (rest.length > 0) {
      reader.finish(rest, 0, rest.length);
      rest = new byte[0];
      store();
    }
  }

  private void store() {
    Map<String, PackedPoints> filled = new LinkedHashMap<>();
    for (int key = 0; key < points.size(); key++) {
      PackedPoints buffer = points.get(key);
      if (buffer.size() > 0) {
        filled.put(names.get(key), buffer);
        points.set(key, new PackedPoints());
      }
    }
    Progress seen = progress;
    if (seen != null) {
      run.progress(seen);
    }
    byte[] readerState = reader.state();
    byte[] state =
        ByteBuffer.allocate(4 + readerState.length + rest.length)
            .putInt(readerState.length)
            .put(readerState)
            .put(rest)
            .array();
    journal.ingest(
        run,
        attempt,
        stream,
        new Journal.SavedCursor(cursor, state, 0),
        new Journal.Events(filled, params, tags, seen));
    params = new LinkedHashMap<>();
    tags = new LinkedHashMap<>();
    progress = null;
  }

  @Override
  public void metric(int key, String name, long step, long epochMillis, double value) {
    if (key == points.size()) {
      points.add(new PackedPoints());
      names.add(name);
    }
    points.get(key).add(step, epochMillis, value);
  }

  @Override
  public void param(String name, String value) {
    params.put(name, value);
  }

  @Override
  public void tag(String name, String value) {
    tags.put(name, value);
  }

  @Override
  public void progress(long done, long total, String message) {
    if (stream.rank() == 0) {
      progress = new Progress(done, total, message);
    }
  }

  @Override
  public void warning(String text, long offset) {
    if (++warnings <= MAX_WARNINGS) {
      run.note(
          "events of rank "
              + stream.rank()
              + " at byte "
              + offset
              + ": "
              + text
              + "; ignored"
              + (warnings == MAX_WARNINGS ? " (further ones are not noted)" : ""),
          clock.instant());
    }
  }
}
