package io.wherry.internal.control;

import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.StreamRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A log stream on its way from the engine into a file. The cursor in the store says how long the
 * file is: what a crash left beyond that is cut off and read again, so that no byte is lost or
 * doubled.
 */
final class LogCopy {
  private final ActiveRun run;
  private final AttemptRecord attempt;
  private final StreamRef stream;
  private final Path file;
  private final Journal journal;
  private Cursor cursor;
  private long length;
  private boolean checked;

  LogCopy(
      ActiveRun run,
      AttemptRecord attempt,
      StreamRef stream,
      Path file,
      Journal.@Nullable SavedCursor saved,
      Journal journal) {
    this.run = run;
    this.attempt = attempt;
    this.stream = stream;
    this.file = file;
    this.journal = journal;
    this.cursor = saved == null ? Cursor.START : saved.cursor();
    this.length = saved == null ? 0 : saved.copied();
  }

  Cursor cursor() {
    return cursor;
  }

  /**
   * Takes the next bytes; returns when they are in the file and the write of the cursor is queued.
   */
  void take(Chunk chunk) throws IOException {
    byte[] gap =
        chunk.gap().isEmpty()
            ? new byte[0]
            : ("[wherry: " + chunk.gap() + "]\n").getBytes(StandardCharsets.UTF_8);
    if (gap.length == 0 && chunk.bytes().length == 0) {
      cursor = chunk.next();
      return;
    }
    if (!checked) {
      Files.createDirectories(file.getParent());
    }
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (!checked) {
        out.truncate(length);
        checked = true;
      }
      length += write(out, gap);
      length += write(out, chunk.bytes());
    }
    cursor = chunk.next();
    journal.ingest(
        run,
        attempt,
        stream,
        new Journal.SavedCursor(cursor, new byte[0], length),
        Journal.Events.NONE);
  }

  private int write(FileChannel out, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long at = out.size();
    while (buffer.hasRemaining()) {
      at += out.write(buffer, at);
    }
    return bytes.length;
  }
}
