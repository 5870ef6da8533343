package io.wherry.local;

import io.wherry.spi.help.PidRecord;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** What the kernel tells about this machine and its processes. Thread-safe. */
final class Host {

  private static final String KEY = "WHERRY_LAUNCH_KEY=";

  /** Ticks a second, the same on every Linux as far as programs can see. */
  private static final long TICKS = 100;

  private static final int START = 19;
  private static final int MEMORY = 20;

  /** Processes found to have an empty environment; grows by one for each, forgotten all at once. */
  private final Set<String> bare = ConcurrentHashMap.newKeySet();

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

  /** Whether a launcher still takes runs: it gives up its standard input when it has read all. */
  boolean serves(PidRecord.Id launcher) {
    try {
      return alive(launcher)
          && Files.readSymbolicLink(Path.of("/proc/" + launcher.pid() + "/fd/0"))
              .toString()
              .startsWith("pipe:");
    } catch (IOException e) { // gone
      return false;
    }
  }

  /** Start of a process in ticks; -1 if there is none or it has ended. */
  long ticks(long pid) {
    String[] stat = stat(Long.toString(pid));
    return ended(stat) ? -1 : Long.parseLong(stat[START]);
  }

  /** Time since the start of a process, whether it still runs or not. */
  Duration age(PidRecord.Id process) throws IOException {
    String uptime = Files.readString(Path.of("/proc/uptime"));
    long now = Math.round(Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * TICKS);
    return Duration.ofMillis((now - process.ticks()) * 1000 / TICKS);
  }

  /** Ends a process politely; nothing happens if it has gone. */
  void term(PidRecord.Id process) {
    ProcessHandle.of(process.pid()).filter(p -> alive(process)).ifPresent(ProcessHandle::destroy);
  }

  /** Those of the processes of this user that carry one of the launch keys in their environment. */
  Set<Long> marked(Collection<String> keys) {
    return marked(keys, 0);
  }

  private Set<Long> marked(Collection<String> keys, long from) {
    Set<Long> found = new HashSet<>();
    String[] names = new File("/proc").list();
    long newest = lastPid(); // after the listing, which may have seen it
    boolean all = newest < from; // the kernel has begun anew with low numbers
    for (String name : names == null ? new String[0] : names) {
      if (!Character.isDigit(name.charAt(0))) {
        continue;
      }
      long pid = Long.parseLong(name);
      if ((all || from == 0 || (pid >= from && pid <= newest)) && keys.contains(key(name))) {
        found.add(pid);
      }
    }
    return found;
  }

  /**
   * Kills all processes that carry one of the launch keys, until twice none is found.
   *
   * @param firstPid number below which none of them can be, unless the kernel has begun anew since;
   *     0 = not known
   * @return whether that worked
   */
  boolean sweep(Collection<String> keys, long firstPid) {
    int quiet = 0;
    for (int round = 0; round < 200; round++) {
      Set<Long> found = marked(keys, firstPid);
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

  private static long lastPid() {
    try {
      String load = Files.readString(Path.of("/proc/loadavg")).strip();
      return Long.parseLong(load.substring(load.lastIndexOf(' ') + 1));
    } catch (IOException e) { // then all are looked at
      return 0;
    }
  }

  private String key(String pid) {
    String environment = environment(pid);
    if (environment.isEmpty() && program(pid) && !bare.contains(pid)) {
      environment = laterEnvironment(pid);
    }
    int start = environment.startsWith(KEY) ? 0 : environment.indexOf("\0" + KEY) + 1;
    if (start == 0 && !environment.startsWith(KEY)) {
      return "";
    }
    int end = environment.indexOf('\0', start);
    return environment.substring(start + KEY.length(), end < 0 ? environment.length() : end);
  }

  /**
   * A process that is just becoming another program has no environment for an instant: looks until
   * it has.
   */
  private String laterEnvironment(String pid) {
    for (int look = 0; look < 20; look++) {
      LockSupport.parkNanos(1_000_000);
      String environment = environment(pid);
      if (!environment.isEmpty() || !program(pid)) {
        return environment;
      }
    }
    if (bare.size() > 1000) {
      bare.clear();
    }
    bare.add(pid); // it was started without one; remembered, because looking takes long
    return "";
  }

  private static String environment(String pid) {
    try {
      return new String(
          Files.readAllBytes(Path.of("/proc/" + pid + "/environ")), StandardCharsets.UTF_8);
    } catch (IOException e) { // gone, or another user's
      return "";
    }
  }

  /**
   * Whether it is a program of this user with memory of its own: what is about to end, and the
   * kernel's own threads, have none.
   */
  private static boolean program(String pid) {
    String[] fields = stat(pid);
    return fields.length > MEMORY
        && !fields[MEMORY].equals("0")
        && Files.isReadable(Path.of("/proc/" + pid + "/environ"));
  }

  /** The fields of a process from its state on; none if there is no such process. */
  private static String[] stat(String pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    } catch (IOException e) { // gone, also between opening and reading
      return new String[0];
    }
  }

  private static boolean ended(String[] stat) {
    return stat.length == 0 || stat[0].equals("Z") || stat[0].equals("X");
  }

  private static String word(Path file) {
    try {
      return Files.readString(file).strip().replace(' ', '_');
    } catch (IOException e) { // containers often have no machine id
      return "";
    }
  }
}
