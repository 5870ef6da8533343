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
    Files.createDirectories(file.getParent());
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.truncate(length); // what a crash or a full disk left half-written comes again
      write(out, gap, length);
      write(out, chunk.bytes(), length + gap.length);
    }
    length += gap.length + chunk.bytes().length;
    cursor = chunk.next();
    journal.ingest(
        run,
        attempt,
        stream,
        new Journal.SavedCursor(cursor, new byte[0], length),
        Journal.Events.NONE);
  }

  private static void write(FileChannel out, byte[] bytes, long at) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      out.write(buffer, at + buffer.position());
    }
  }
}
