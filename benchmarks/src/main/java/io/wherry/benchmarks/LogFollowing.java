package io.wherry.benchmarks;

import io.wherry.Run;
import io.wherry.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Following logs, in a JVM with 64 MB of heap so that unbounded memory would end it: a log of 1 GB
 * as bytes and as lines, and how long a line takes from the program to the consumer when little is
 * written. The log lies in the page cache. See {@link FollowClient}.
 */
final class LogFollowing implements Benchmark {
  private static final int PIECE = 16 * 1024 * 1024;
  private static final int PIECES = 64;

  @Override
  public String name() {
    return "follow";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    Path folder = lab.place("workspace");
    Path slots = lab.place("slots");
    String id;
    try (Workspace workspace = Workspace.open(folder)) {
      Lab.attach(workspace, 2, slots);
      Path piece = Files.writeString(lab.place("piece"), lines(), StandardCharsets.UTF_8);
      String script =
          "i=0; while [ $i -lt " + PIECES + " ]; do cat " + piece + "; i=$((i+1)); done";
      Run run = workspace.run("gigabyte").on(Lab.TARGET).command("sh", "-c", script).submit();
      run.await().orThrow();
      id = run.id();
    }
    Map<String, Double> result =
        ChildJvm.run(
            FollowClient.class,
            List.of("-Xmx64m"),
            folder.toString(),
            id,
            largest(folder).toString());
    return List.of(
        Figure.ratioAtLeast(
            name() + "-bytes",
            ChildJvm.value(result, FollowClient.BYTES),
            "MB/s",
            "raw read",
            ChildJvm.value(result, FollowClient.RAW),
            0.25),
        Figure.ratioAtLeast(
            name() + "-lines",
            ChildJvm.value(result, FollowClient.LINES),
            "MB/s",
            "BufferedReader.readLine",
            ChildJvm.value(result, FollowClient.READ_LINE),
            0.7),
        Figure.withinBudget(
            name() + "-latency", ChildJvm.value(result, FollowClient.LATENCY), "ms", 5));
  }

  /** Text of lines of 40 to 160 characters. */
  private static String lines() {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder(PIECE);
    while (text.length() < PIECE - 1) {
      int length = Math.min(40 + random.nextInt(120), PIECE - 1 - text.length());
      for (int i = 0; i < length; i++) {
        text.append((char) (' ' + random.nextInt(95)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static Path largest(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> Files.isRegularFile(f) && size(f) >= (long) PIECE * PIECES)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("there is no log of 1 GB in " + folder));
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
