package io.wherry.internal.lease;

import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lease on a workspace folder: an operating system's lock on a file, which ends with the
 * process that holds it, and in the file who that is. A file left by a crash is no lock.
 */
public final class WorkspaceLock implements AutoCloseable {
  private final FileChannel channel;
  private final FileLock lock;

  private WorkspaceLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the lease.
   *
   * @throws WherryException {@code WORKSPACE_LOCKED} if another process has it; the message names
   *     pid, host and since
   */
  public static WorkspaceLock take(Path folder, Clock clock) throws IOException {
    Path file = folder.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      channel.close();
      throw new WherryException(
          Code.WORKSPACE_LOCKED,
          "workspace "
              + folder
              + " is open in another process: "
              + holder(file)
              + " -> close it there, or open it with .readOnly()");
    }
    String me =
        "pid "
            + ProcessHandle.current().pid()
            + " on "
            + hostName()
            + " since "
            + Instant.now(clock).truncatedTo(ChronoUnit.SECONDS)
            + "\n";
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(me.getBytes(StandardCharsets.UTF_8)), 0);
    return new WorkspaceLock(channel, lock);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) { // held by this JVM through another class loader
      return null;
    }
  }

  private static String holder(Path file) throws IOException {
    String text = Files.readString(file).strip();
    return text.isEmpty() ? "holder not known" : text;
  }

  /** This machine's name as people know it. */
  public static String hostName() {
    String name = System.getenv("HOSTNAME");
    if (name != null && !name.isEmpty()) {
      return name;
    }
    try {
      Path file =
          Path.of("/proc/sys/kernel/hostname"); // no name service, so no delay without a network
      return Files.isReadable(file)
          ? Files.readString(file).strip()
          : InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "this host";
    }
  }

  /** Gives the lease back. Idempotent. */
  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      System.getLogger(WorkspaceLock.class.getName())
          .log(System.Logger.Level.WARNING, "the workspace lock could not be released", e);
    }
  }
}
