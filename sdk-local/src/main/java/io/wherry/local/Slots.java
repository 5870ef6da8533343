package io.wherry.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.spi.BackendException;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.help.PidRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The CPUs and GPUs of this machine as files, one each, shared by all workspaces of a user: empty
 * means free, else one line {@code bootId launchKey (pid ticks)…} names the owner, and is void once
 * all these processes are gone. Taken under a lock in the name of the launcher, overwritten and
 * emptied by the job wrapper without one. Thread-safe.
 */
final class Slots {

  private static final int LENGTH = 256;

  private final Path folder;
  private final int cpus;
  private final Host host;
  private final Duration timeout;
  private boolean made;

  Slots(Path folder, int cpus, Host host, Duration timeout) {
    this.folder = folder;
    this.cpus = cpus;
    this.host = host;
    this.timeout = timeout;
  }

  /** What one workload needs. */
  record Need(LaunchKey key, int cpus, int gpus) {}

  /**
   * What was asked for, or why not.
   *
   * @param names names of the files by workload, CPUs first; empty if there was no room
   * @param reason why there was no room; empty if there was
   */
  record Answer(Map<LaunchKey, List<String>> names, String reason) {}

  Path folder() {
    return folder;
  }

  int cpus() {
    return cpus;
  }

  /** Numbers of the GPUs among slot names. */
  static List<String> gpus(List<String> names) {
    return names.stream().filter(n -> n.startsWith("gpu-")).map(n -> n.substring(4)).toList();
  }

  /** Takes slots for all needs or for none; what is held for the same key already counts. */
  Answer take(List<Need> needs, int gpus, PidRecord.Id owner) throws BackendException {
    try {
      FileChannel lock = lock();
      try {
        return takeLocked(needs, gpus, owner);
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw new BackendException(
          BackendException.Kind.TRANSIENT, "can't use the slot files in " + folder + ": " + e, e);
    }
  }

  private Answer takeLocked(List<Need> needs, int gpus, PidRecord.Id owner) throws IOException {
    String boot = host.bootId();
    Kind cpu = new Kind("cpu-", cpus, boot);
    Kind gpu = new Kind("gpu-", gpus, boot);
    Map<LaunchKey, List<String>> names = new HashMap<>();
    Map<String, LaunchKey> fresh =
        new HashMap<>(); // what is held for the key already may be in use by its wrapper
    for (Need need : needs) {
      List<String> mine = new ArrayList<>();
      if (!cpu.take(need.key(), need.cpus(), mine, fresh)) {
        return new Answer(Map.of(), cpu.reason("CPUs", need));
      }
      if (!gpu.take(need.key(), need.gpus(), mine, fresh)) {
        return new Answer(Map.of(), gpu.reason("GPUs", need));
      }
      names.put(need.key(), mine);
    }
    for (Map.Entry<String, LaunchKey> entry : fresh.entrySet()) {
      write(
          entry.getKey(), boot + " " + entry.getValue() + " " + owner.pid() + " " + owner.ticks());
    }
    return new Answer(names, "");
  }

  /** Gives up what is held for a key that does not go on. */
  void free(LaunchKey key) throws IOException {
    free(Set.of(key.toString()));
  }

  /**
   * Gives up what is held for keys that have ended: what a wrapper did not get to empty, and what a
   * client reserved just before it died.
   */
  void free(Set<String> keys) throws IOException {
    FileChannel lock = lock();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*-*")) {
      for (Path file : files) {
        String[] fields = Files.readString(file, UTF_8).strip().split(" ", -1);
        if (fields.length > 1 && keys.contains(fields[1])) {
          Files.write(file, new byte[0]);
        }
      }
    } finally {
      lock.close();
    }
  }

  private void write(String name, String line) throws IOException {
    byte[] text =
        (line + " ".repeat(Math.max(0, LENGTH - 1 - line.length())) + "\n").getBytes(UTF_8);
    try (FileChannel file =
        FileChannel.open(
            folder.resolve(name), StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      file.write(ByteBuffer.wrap(text));
    }
  }

  /** Takes the lock over all slots; closing the channel gives it back. */
  private FileChannel lock() throws IOException {
    synchronized (this) {
      if (!made) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        made = true;
      }
    }
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    try {
      long deadline = System.nanoTime() + timeout.toNanos();
      while (true) {
        try {
          if (channel.tryLock() != null) {
            return channel;
          }
        } catch (OverlappingFileLockException e) { // another workspace in this JVM
        }
        if (System.nanoTime() > deadline) {
          throw new IOException(
              folder.resolve("lock") + " was held by another process for " + timeout);
        }
        LockSupport.parkNanos(
            100_000); // held for microseconds; a blocking lock would fail on overlaps in this JVM
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** All slots of one kind, looked at one by one as needed. */
  private final class Kind {

    private final String prefix;
    private final int count;
    private final String boot;
    private final List<String> owners = new ArrayList<>(); // "" = free, as far as looked at

    Kind(String prefix, int count, String boot) {
      this.prefix = prefix;
      this.count = count;
      this.boot = boot;
    }

    boolean take(LaunchKey key, int wanted, List<String> into, Map<String, LaunchKey> fresh)
        throws IOException {
      int left = wanted;
      for (int slot = 0; slot < count && left > 0; slot++) {
        if (slot == owners.size()) {
          owners.add(owner(prefix + slot));
        }
        boolean free = owners.get(slot).isEmpty();
        if (free || owners.get(slot).equals(key.toString())) {
          if (free) {
            fresh.put(prefix + slot, key);
          }
          owners.set(slot, key.toString());
          into.add(prefix + slot);
          left--;
        }
      }
      return left == 0;
    }

    private String owner(String name) throws IOException {
      Path file = folder.resolve(name);
      if (!Files.exists(file)) {
        return "";
      }
      String[] fields = Files.readString(file, UTF_8).strip().split(" ", -1);
      if (fields.length < 4 || !fields[0].equals(boot)) {
        return "";
      }
      for (int i = 2; i + 1 < fields.length; i += 2) {
        try {
          if (host.alive(
              new PidRecord.Id(Long.parseLong(fields[i]), Long.parseLong(fields[i + 1])))) {
            return fields[1];
          }
        } catch (NumberFormatException e) {
          throw new IOException(file + " is damaged; delete it when nothing runs", e);
        }
      }
      return "";
    }

    String reason(String what, Need need) {
      long taken =
          owners.stream().filter(o -> !o.isEmpty() && !o.equals(need.key().toString())).count();
      long others =
          owners.stream()
              .filter(o -> !o.isEmpty() && !o.startsWith(need.key().workspaceId() + "/"))
              .count();
      return taken
          + " of "
          + count
          + " "
          + what
          + " are taken"
          + (others == 0 ? "" : ", " + others + " by another workspace");
    }
  }
}
