package io.wherry.local;

import io.wherry.spi.help.PidRecord;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** What the kernel tells about this machine and its processes. Thread-safe. */
final class Host {

  private static final String KEY = "WHERRY_LAUNCH_KEY=";

  private final String id;
  private final Path bootIdFile;

  /** A host whose identity comes from these files. */
  Host(Path machineIdFile, Path hostNameFile, Path bootIdFile) {
    this.id = word(machineIdFile) + "@" + word(hostNameFile);
    this.bootIdFile = bootIdFile;
  }

  /** This machine. */
  static Host thisMachine() {
    return new Host(
        Path.of("/etc/machine-id"),
        Path.of("/proc/sys/kernel/hostname"),
        Path.of("/proc/sys/kernel/random/boot_id"));
  }

  /** Tells this machine from others; without blanks. */
  String id() {
    return id;
  }

  /** Tells this boot of the machine from earlier ones. */
  String bootId() {
    return word(bootIdFile);
  }

  /**
   * Whether the process still runs; a zombie does not, and neither does a later one with the same
   * number.
   */
  boolean alive(PidRecord.Id process) {
    return process.ticks() != 0 && ticks(process.pid()) == process.ticks();
  }

  /** Whether a launcher still takes runs: it closes its third file when it has read all of them. */
  boolean serves(PidRecord.Id launcher) {
    return alive(launcher) && Files.exists(Path.of("/proc/" + launcher.pid() + "/fd/3"));
  }

  /** Start of a process in ticks; -1 if there is none or it has ended. */
  long ticks(long pid) {
    String stat;
    try {
      stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) { // gone, also between opening and reading
      return -1;
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return fields[0].equals("Z") || fields[0].equals("X") ? -1 : Long.parseLong(fields[19]);
  }

  /** Ends a process politely; nothing happens if it has gone. */
  void term(PidRecord.Id process) {
    ProcessHandle.of(process.pid()).filter(p -> alive(process)).ifPresent(ProcessHandle::destroy);
  }

  /** Those of the processes of this user that carry one of the launch keys in their environment. */
  Set<Long> marked(Collection<String> keys) {
    Set<Long> found = new HashSet<>();
    String[] names = new File("/proc").list();
    for (String name : names == null ? new String[0] : names) {
      if (Character.isDigit(name.charAt(0)) && keys.contains(key(name))) {
        found.add(Long.valueOf(name));
      }
    }
    return found;
  }

  /**
   * Kills all processes that carry one of the launch keys, until twice none is found.
   *
   * @return whether that worked
   */
  boolean sweep(Collection<String> keys) {
    int quiet = 0;
    for (int round = 0; round < 200; round++) {
      Set<Long> found = marked(keys);
      if (found.isEmpty()) {
        if (++quiet == 2) {
          return true;
        }
        continue;
      }
      quiet = 0;
      for (long pid : found) {
        // Held before the second look, so that a later process with the same number is not hit.
        ProcessHandle.of(pid)
            .filter(p -> keys.contains(key(Long.toString(pid))))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private static String key(String pid) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/environ"));
    } catch (IOException e) { // gone, or another user's
      return "";
    }
    String environment = new String(bytes, StandardCharsets.UTF_8);
    int start = environment.startsWith(KEY) ? 0 : environment.indexOf("\0" + KEY) + 1;
    if (start == 0 && !environment.startsWith(KEY)) {
      return "";
    }
    int end = environment.indexOf('\0', start);
    return environment.substring(start + KEY.length(), end < 0 ? environment.length() : end);
  }

  private static String word(Path file) {
    try {
      return Files.readString(file).strip().replace(' ', '_');
    } catch (IOException e) { // containers often have no machine id
      return "";
    }
  }
}
