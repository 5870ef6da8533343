package io.wherry.local;

import io.wherry.spi.BackendException;
import io.wherry.spi.LaunchKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Control groups of the kernel with a memory limit, where this user may make them: version 2, or
 * the memory hierarchy of version 1. Only a run with a limit gets one: joining a group makes the
 * kernel wait for all its CPUs, which takes up to ten milliseconds. Thread-safe.
 */
final class ControlGroups {

  private static final String V1_LIMIT = "memory.limit_in_bytes";
  private static final String V2_LIMIT = "memory.max";

  private final Path cgroupFile;
  private final Path mountsFile;
  private boolean asked;
  private @Nullable Path base;
  private String limitFile = V1_LIMIT;

  /** Finds its place by {@code /proc/self/cgroup} and {@code /proc/self/mountinfo}. */
  ControlGroups(Path cgroupFile, Path mountsFile) {
    this.cgroupFile = cgroupFile;
    this.mountsFile = mountsFile;
  }

  /** Whether groups can be made; found out once, by making one. */
  boolean available() {
    return base() != null;
  }

  /**
   * Makes the group of a run; again is fine.
   *
   * @param memoryLimit bytes, 0 = none
   * @return its folder, or null where none is needed
   */
  @Nullable String make(LaunchKey key, long memoryLimit) throws BackendException, IOException {
    if (memoryLimit == 0) {
      return null;
    }
    Path parent = base();
    if (parent == null) {
      throw new BackendException(
          BackendException.Kind.REJECTED,
          "memory limits can't be enforced here (no writable control group); leave"
              + " resources.memoryLimit out");
    }
    Path group = parent.resolve("wherry-" + key.toString().replace('/', '-'));
    try {
      Files.createDirectory(group);
    } catch (FileAlreadyExistsException e) { // an earlier launch of the same key
    }
    Files.writeString(group.resolve(limitFile), Long.toString(memoryLimit));
    return group.toString();
  }

  /**
   * Kills what is in a group and deletes it; absent is fine.
   *
   * @return whether it is gone
   */
  static boolean remove(Path group) throws IOException {
    for (int round = 0; round < 200; round++) {
      try {
        Files.deleteIfExists(group);
        return true;
      } catch (IOException e) { // somebody is in it
        kill(group);
      }
    }
    return false;
  }

  private static void kill(Path group) throws IOException {
    try {
      Path all = group.resolve("cgroup.kill");
      if (Files.exists(all)) {
        Files.writeString(all, "1");
        return;
      }
      for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      }
    } catch (NoSuchFileException e) { // gone meanwhile
    }
  }

  private synchronized @Nullable Path base() {
    if (!asked) {
      asked = true;
      base = find();
    }
    return base;
  }

  private @Nullable Path find() {
    try {
      List<String> memberships = Files.readAllLines(cgroupFile);
      for (String mount : Files.readAllLines(mountsFile)) {
        // id parent major:minor root mountPoint options … - type source superOptions
        String[] parts = mount.split(" - ", 2);
        String[] left = parts[0].split(" ", -1);
        String[] right = parts[1].split(" ", -1);
        boolean second = right[0].equals("cgroup2");
        if (!second
            && !(right[0].equals("cgroup")
                && List.of(right[2].split(",", -1)).contains("memory"))) {
          continue;
        }
        Path candidate = member(memberships, second ? "" : "memory", left[3], left[4]);
        if (candidate != null && works(candidate, second ? V2_LIMIT : V1_LIMIT)) {
          limitFile = second ? V2_LIMIT : V1_LIMIT;
          return candidate;
        }
      }
    } catch (IOException | ArrayIndexOutOfBoundsException e) {
      System.getLogger(ControlGroups.class.getName())
          .log(System.Logger.Level.DEBUG, "no control groups: runs have no memory limits", e);
    }
    return null;
  }

  private static @Nullable Path member(
      List<String> lines, String controller, String root, String mountPoint) {
    for (String line : lines) {
      String[] fields = line.split(":", 3);
      if (List.of(fields[1].split(",", -1)).contains(controller)
          && Path.of(fields[2]).startsWith(root)) {
        return Path.of(mountPoint).resolve(Path.of(root).relativize(Path.of(fields[2])).toString());
      }
    }
    return null;
  }

  private static boolean works(Path candidate, String limitFile) {
    Path group = candidate.resolve("wherry-probe-" + UUID.randomUUID());
    try {
      Files.createDirectory(group);
      try {
        Path limit = group.resolve(limitFile);
        if (!Files.isWritable(limit)) {
          return false;
        }
        Files.writeString(limit, Long.toString(64L << 20));
        return Files.readString(limit).strip().equals(Long.toString(64L << 20));
      } finally {
        Files.delete(group);
      }
    } catch (IOException e) { // not ours to change
      return false;
    }
  }
}
