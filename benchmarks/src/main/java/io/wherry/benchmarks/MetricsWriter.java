package io.wherry.benchmarks;

import io.wherry.runtime.RunContext;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that reports points, one by one, as fast as it can: arguments are the form, how many,
 * the gate's folder and its own name there. Every value is its step.
 */
public final class MetricsWriter {
  static final String TEXT = "text";
  static final String RUNTIME = "runtime";
  static final String METRIC = "loss";
  static final String GO = "go";

  private MetricsWriter() {}

  /** Reports. */
  public static void main(String[] args) throws IOException {
    int points = Integer.parseInt(args[1]);
    Path gate = Path.of(args[2]);
    RunContext context = RunContext.current();
    Files.createFile(gate.resolve(args[3]));
    while (!Files.exists(gate.resolve(GO))) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    if (args[0].equals(TEXT)) {
      text(points);
    } else {
      for (int i = 0; i < points; i++) {
        context.metric(METRIC, i, i);
      }
    }
  }

  private static void text(int points) throws IOException {
    Path events = Path.of(System.getenv("WHERRY_EVENTS"));
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(events, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            64 * 1024)) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < points; i++) {
        line.setLength(0);
        line.append("metric @").append(i).append(':').append(System.currentTimeMillis());
        line.append(' ').append(METRIC).append('=').append((double) i).append('\n');
        out.write(line.toString().getBytes(StandardCharsets.ISO_8859_1));
      }
    }
  }
}
