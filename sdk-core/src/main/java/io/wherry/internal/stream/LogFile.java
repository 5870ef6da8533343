package io.wherry.internal.stream;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads one growing log file from its beginning on. A file that does not exist (yet) is empty. Not
 * thread-safe.
 */
public final class LogFile implements AutoCloseable {
  private static final int BLOCK = 1024 * 1024;
  private static final int FIRST_BLOCK = 16 * 1024;

  private final Path path;
  private @Nullable FileChannel channel;
  private byte[] block = new byte[FIRST_BLOCK];
  private long offset;

  /** Opens nothing yet. */
  public LogFile(Path path) {
    this.path = path;
  }

  /** Goes to a byte offset. */
  public void seek(long position) {
    this.offset = position;
  }

  /** The byte offset of the next read. */
  public long offset() {
    return offset;
  }

  /** The file's size now. */
  public long size() throws IOException {
    return open() ? channel().size() : 0;
  }

  /**
   * Reads the next block into {@link #block()}; returns its length, 0 if there is nothing (yet).
   */
  public int next() throws IOException {
    if (!open()) {
      return 0;
    }
    int read = channel().read(ByteBuffer.wrap(block), offset);
    if (read <= 0) {
      return 0;
    }
    offset += read;
    return read;
  }

  /**
   * Makes the next blocks larger if the last one was full; never between {@link #next()} and the
   * use of its block.
   */
  public void grow() {
    if (block.length < BLOCK) {
      block = new byte[BLOCK];
    }
  }

  /** The bytes of the last {@link #next()}; overwritten by the following one. */
  public byte[] block() {
    return block;
  }

  /** Copies everything from the present offset on; returns the number of bytes. */
  public long copyTo(OutputStream out) throws IOException {
    long copied = 0;
    for (int n = next(); n > 0; n = next()) {
      out.write(block, 0, n);
      copied += n;
      grow();
    }
    return copied;
  }

  private FileChannel channel() {
    return requireNonNull(channel);
  }

  private boolean open() throws IOException {
    if (channel == null) {
      try {
        channel = FileChannel.open(path, StandardOpenOption.READ);
      } catch (NoSuchFileException e) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
