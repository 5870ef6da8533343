package io.wherry.benchmarks.drill;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The folders of one workspace's life in the drill. */
record Place(Path folder) {
  Path workspace() {
    return folder.resolve("workspace");
  }

  Path source() {
    return folder.resolve("source");
  }

  Path slots() {
    return folder.resolve("slots");
  }

  /** Where programs and clients note what happened: outside everything that Wherry manages. */
  Path side() {
    return folder.resolve("side");
  }

  Path temporary() {
    return folder.resolve("tmp");
  }

  Path cache() {
    return folder.resolve("cache");
  }

  Path clientLog() {
    return folder.resolve("client.log");
  }

  /** Adds a line in one write that no kill can tear. */
  void note(String file, String line) throws IOException {
    Files.write(
        side().resolve(file),
        (line + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** The lines noted so far. */
  List<String> notes(String file) throws IOException {
    Path path = side().resolve(file);
    return Files.exists(path) ? Files.readAllLines(path) : List.of();
  }
}
