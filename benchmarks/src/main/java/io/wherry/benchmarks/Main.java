package io.wherry.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures and prints one JSON line a figure; everything else goes to standard error.
 *
 * <p>System property {@code bench}: name of a benchmark or of one of its figures; empty for all.
 * Exit code 1 if something could not be measured, 2 for an unknown name; a goal that is not met
 * changes nothing.
 */
public final class Main {
  private static final List<Benchmark> ALL =
      List.of(
          new SubmitToVerdict(),
          new SequentialFlat(),
          new QueueThousand(),
          new ColdJvm(),
          new CoreSize(),
          new Metrics(),
          new SnapshotSpeed(),
          new LogFollowing(),
          new BigStore());

  private Main() {}

  /** Measures what the system property {@code bench} names. */
  public static void main(String[] args) {
    String wanted = System.getProperty("bench", "").strip();
    List<Benchmark> chosen = ALL.stream().filter(b -> isWanted(b, wanted)).toList();
    if (chosen.isEmpty()) {
      List<String> names = ALL.stream().map(Benchmark::name).toList();
      System.err.println("no benchmark \"" + wanted + "\" -> choose one of " + names);
      System.exit(2);
    }
    List<String> failed = new ArrayList<>();
    for (Benchmark benchmark : chosen) {
      if (!measure(benchmark, wanted)) {
        failed.add(benchmark.name());
      }
    }
    if (!failed.isEmpty()) {
      System.err.println("could not be measured: " + failed + " -> see the stack traces above");
      System.exit(1);
    }
  }

  private static boolean isWanted(Benchmark benchmark, String wanted) {
    return wanted.isEmpty() || (wanted + "-").startsWith(benchmark.name() + "-");
  }

  private static boolean measure(Benchmark benchmark, String wanted) {
    long start = System.nanoTime();
    boolean done = false;
    try (Lab lab = new Lab()) {
      for (Figure figure : benchmark.run(lab)) {
        if (wanted.isEmpty() || (figure.name() + "-").startsWith(wanted + "-")) {
          System.out.println(figure.json());
        }
      }
      done = true;
    } catch (Exception e) {
      System.err.println("benchmark " + benchmark.name() + " failed");
      e.printStackTrace();
    }
    Lab.say(benchmark.name() + ": " + Math.round(Samples.millisSince(start) / 1000) + " s");
    return done;
  }
}
