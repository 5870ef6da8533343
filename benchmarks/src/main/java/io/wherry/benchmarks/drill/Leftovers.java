package io.wherry.benchmarks.drill;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a life of a workspace must not leave behind once its last client has closed it. */
final class Leftovers {
  /**
   * A variable that every process of the drill inherits, whatever else happens to its environment.
   */
  static final String MARK = "WHERRY_DRILL";

  private static final long GRACE_SECONDS = 10;

  private Leftovers() {}

  /**
   * Processes, slots and temporary files; empty if all is clean. Waits a little for processes that
   * are about to end.
   */
  static List<String> of(Place place, String mark) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
    List<String> processes = processes(mark);
    while (!processes.isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(50);
      processes = processes(mark);
    }
    List<String> left = new ArrayList<>(processes);
    for (Path slot : files(place.slots())) {
      if (!Files.readString(slot).isBlank()) {
        left.add("slot " + slot.getFileName() + " is taken: " + Files.readString(slot).strip());
      }
    }
    for (Path file : files(place.temporary())) {
      left.add("temporary file " + file);
    }
    for (Path file : files(place.workspace())) {
      String name = file.getFileName().toString();
      if (name.contains("tmp") || name.endsWith(".part") || name.equals("secrets")) {
        left.add("temporary file " + file);
      }
    }
    return left;
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static List<String> processes(String mark) {
    List<String> found = new ArrayList<>();
    String[] names = new File("/proc").list((dir, name) -> Character.isDigit(name.charAt(0)));
    for (String pid : names == null ? new String[0] : names) {
      Path process = Path.of("/proc", pid);
      try {
        if (read(process.resolve("environ")).contains(MARK + "=" + mark + "\0")) {
          found.add("process " + pid + " " + read(process.resolve("cmdline")).replace('\0', ' '));
        }
      } catch (IOException e) { // gone, or another user's
      }
    }
    return found;
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
