package io.wherry.benchmarks;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A million points from four running processes. The clock runs from the moment when the processes,
 * all up and waiting, may write their first point, until the last point of each can be read from
 * the store; afterwards all of them are counted.
 */
final class Metrics implements Benchmark {
  private static final int PROCESSES = 4;
  private static final int POINTS = 250_000;
  private static final int ROUNDS = 5;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "metrics";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    try (Workspace workspace = lab.workspace("workspace", PROCESSES)) {
      Samples.Source text = () -> rate(lab, workspace, MetricsWriter.TEXT);
      Samples.Source runtime = () -> rate(lab, workspace, MetricsWriter.RUNTIME);
      Samples.Source raw = () -> RawInserts.rate(lab.folder("raw"), PROCESSES * POINTS);
      Samples.interleaved(1, text, runtime, raw); // warm-up
      List<Samples> samples = Samples.interleaved(ROUNDS, text, runtime, raw);
      double binary = samples.get(1).median();
      return List.of(
          Figure.reachesBudget(name() + "-text", samples.get(0).median(), "points/s", 500_000),
          Figure.reachesBudget(name() + "-runtime", binary, "points/s", 1_500_000),
          Figure.ratioAtLeast(
              name() + "-runtime-vs-raw",
              binary,
              "points/s",
              "raw inserts of 100-point blocks",
              samples.get(2).median(),
              0.5));
    }
  }

  private static double rate(Lab lab, Workspace workspace, String form) throws Exception {
    Path gate = lab.folder("gate");
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      List<String> command =
          ChildJvm.command(
              MetricsWriter.class,
              List.of("-XX:+UseSerialGC", "-Xmx64m"),
              form,
              Integer.toString(POINTS),
              gate.toString(),
              Integer.toString(i));
      runs.add(workspace.run("metrics").on(Lab.TARGET).command(command).submit());
    }
    Lab.await("start of the writers", LIMIT, () -> count(gate) == PROCESSES);
    long start = System.nanoTime();
    Files.createFile(gate.resolve(MetricsWriter.GO));
    for (Run run : runs) {
      Lab.await("points of " + run.id(), LIMIT, () -> isComplete(run));
    }
    double seconds = Samples.millisSince(start) / 1000;
    for (Run run : runs) {
      RunResult result = run.await().orThrow();
      int stored = run.metrics().series(MetricsWriter.METRIC).size();
      if (stored != POINTS) {
        throw new IllegalStateException(result + ": " + stored + " points, not " + POINTS);
      }
      workspace.runs().delete(run.id());
    }
    double rate = PROCESSES * POINTS / seconds;
    Lab.say(form + " " + Figure.number(rate) + " points/s");
    return rate;
  }

  private static int count(Path folder) {
    String[] names = folder.toFile().list();
    return names == null ? 0 : names.length;
  }

  private static boolean isComplete(Run run) {
    if (hasLast(run)) {
      return true;
    }
    if (run.state().isFinal() && run.await(LIMIT).isPresent() && !hasLast(run)) {
      throw new IllegalStateException(run.await() + " without its last point");
    }
    return false;
  }

  private static boolean hasLast(Run run) {
    OptionalDouble last = run.metrics().find(MetricsWriter.METRIC);
    return last.isPresent() && last.getAsDouble() == POINTS - 1;
  }
}
