package io.wherry.internal.snapshot;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import io.wherry.internal.snapshot.StatCache.Known;
import io.wherry.spec.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Reads files into the store, each byte once. One thread at a time; kept for its buffer. */
final class Ingest {
  private static final int TRIES = 5;

  private final FolderBlobStore store;
  private final byte[] buffer = new byte[1 << 20];
  private final MessageDigest sha = Sha256.start();

  Ingest(FolderBlobStore store) {
    this.store = store;
  }

  /** The file changed while it was read, every time. */
  static final class RestlessException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Reading failed, as opposed to storing. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;
    final IOException reason;

    UnreadableException(IOException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  /**
   * Stores a file's content as it was at one moment, as far as its attributes tell.
   *
   * @param before its attributes, read before
   * @param canceled asked now and then; true ends the work
   * @return its attributes and digest; null if it is gone
   */
  @Nullable Known add(Path file, FileStat before, BooleanSupplier canceled)
      throws IOException, RestlessException, UnreadableException {
    FileStat stat = before;
    for (int i = 0; i < TRIES && stat.isFile(); i++) {
      Path temporary = null;
      try (FileChannel in = openSource(file)) {
        if (in == null) {
          return null;
        }
        sha.reset();
        int length = fill(in);
        long total = length;
        sha.update(buffer, 0, length);
        if (length == buffer.length) {
          temporary = store.temporary();
          try (FileChannel copy = store.create(temporary)) {
            while (length > 0 && total <= stat.size()) {
              if (canceled.getAsBoolean()) {
                throw new CancellationException();
              }
              write(copy, length);
              length = fill(in);
              total += length;
              sha.update(buffer, 0, length);
            }
          }
        }
        FileStat after = stat(file);
        if (after == null) {
          return null;
        }
        if (after.equals(stat) && total == stat.size()) {
          Digest digest = Sha256.end(sha);
          if (temporary == null) {
            store.write(digest, buffer, length);
          } else if (!store.uses(digest, total)) {
            store.publish(temporary, digest);
          }
          return new Known(stat, digest);
        }
        stat = after;
      } finally {
        if (temporary != null) {
          Files.deleteIfExists(temporary);
        }
      }
    }
    throw new RestlessException();
  }

  private void write(FileChannel copy, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
    while (bytes.hasRemaining()) {
      copy.write(bytes);
    }
  }

  private int fill(FileChannel in) throws IOException, UnreadableException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(buffer);
      while (bytes.hasRemaining() && in.read(bytes) >= 0) {
        // until the buffer is full or the file ends
      }
      return bytes.position();
    } catch (ClosedByInterruptException e) {
      throw e; // says nothing about the file
    } catch (IOException e) {
      throw new UnreadableException(e);
    }
  }

  private static @Nullable FileChannel openSource(Path file) throws UnreadableException {
    try {
      return FileChannel.open(file, Set.of(READ, NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UnreadableException(e);
    }
  }

  private static @Nullable FileStat stat(Path file) throws UnreadableException {
    try {
      return FileStat.of(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new UnreadableException(e);
    }
  }
}
