package io.wherry.benchmarks;

import io.wherry.Run;
import io.wherry.RunLogs;
import io.wherry.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The program in which {@link LogFollowing} measures; arguments are the workspace, a run with a
 * long log, and the log's file.
 */
public final class FollowClient {
  static final String BYTES = "bytes";
  static final String RAW = "raw";
  static final String LINES = "lines";
  static final String READ_LINE = "readLine";
  static final String LATENCY = "latency";

  private static final int BYTE_ROUNDS = 9;
  private static final int LINE_ROUNDS = 3;
  private static final int BLOCK = 1024 * 1024;

  private FollowClient() {}

  /** Measures and reports. */
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[2]);
    double megabytes = Files.size(file) / 1e6;
    try (Workspace workspace = Workspace.open(Path.of(args[0]))) {
      RunLogs log = workspace.runs().get(args[1]).logs().out();
      Samples.interleaved(2, () -> bytes(log), () -> raw(file)); // warm-up
      List<Samples> bytes = Samples.interleaved(BYTE_ROUNDS, () -> bytes(log), () -> raw(file));
      ChildJvm.report(BYTES, megabytes * 1000 / bytes.get(0).median());
      ChildJvm.report(RAW, megabytes * 1000 / bytes.get(1).median());
      Samples.interleaved(1, () -> follow(log), () -> readLine(file)); // warm-up
      List<Samples> lines =
          Samples.interleaved(
              LINE_ROUNDS, () -> follow(log), () -> readLine(file), () -> stream(log));
      ChildJvm.report(LINES, megabytes * 1000 / lines.get(0).median());
      ChildJvm.report(READ_LINE, megabytes * 1000 / lines.get(1).median());
      Lab.say("lines() " + Figure.number(megabytes * 1000 / lines.get(2).median()) + " MB/s");
      latency(workspace);
    }
  }

  /** All bytes to a consumer that only counts. */
  private static double bytes(RunLogs log) {
    Counter counter = new Counter();
    long start = System.nanoTime();
    log.copyTo(counter);
    double millis = Samples.millisSince(start);
    counter.requireSame(log.size());
    return millis;
  }

  private static double raw(Path file) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    long start = System.nanoTime();
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(block) >= 0) {
        block.clear();
      }
    }
    return Samples.millisSince(start);
  }

  private static double follow(RunLogs log) {
    long[] count = new long[1];
    long start = System.nanoTime();
    log.follow(line -> count[0] += line.text().length() + 1);
    double millis = Samples.millisSince(start);
    requireSame(count[0], log.size());
    return millis;
  }

  private static double stream(RunLogs log) {
    long start = System.nanoTime();
    long count = log.lines().mapToLong(line -> line.text().length() + 1).sum();
    double millis = Samples.millisSince(start);
    requireSame(count, log.size());
    return millis;
  }

  private static double readLine(Path file) throws IOException {
    long count = 0;
    long start = System.nanoTime();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        count += line.length() + 1;
      }
    }
    double millis = Samples.millisSince(start);
    requireSame(count, Files.size(file));
    return millis;
  }

  /** Compares the clock in each line with the moment when it arrives; both are the machine's. */
  private static void latency(Workspace workspace) {
    Run run =
        workspace
            .run("latency")
            .on(Lab.TARGET)
            .command(ChildJvm.command(LatencyWriter.class, List.of("-XX:+UseSerialGC")))
            .submit();
    Samples samples = new Samples();
    run.logs().out().follow(line -> samples.add(Samples.millisSince(Long.parseLong(line.text()))));
    run.await().orThrow();
    Samples warm = samples.part(LatencyWriter.WARM_UP, samples.size());
    Lab.say(
        "latency of "
            + warm.size()
            + " lines: median "
            + Figure.number(warm.median())
            + ", p90 "
            + Figure.number(warm.quantile(0.9))
            + ", p99 "
            + Figure.number(warm.quantile(0.99))
            + ", most "
            + Figure.number(warm.quantile(1))
            + " ms");
    ChildJvm.report(LATENCY, warm.quantile(0.99));
  }

  private static void requireSame(long counted, long size) {
    if (counted != size) {
      throw new IllegalStateException("got " + counted + " of " + size + " bytes");
    }
  }

  private static final class Counter extends OutputStream {
    private long count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
    }

    void requireSame(long size) {
      FollowClient.requireSame(count, size);
    }
  }
}
