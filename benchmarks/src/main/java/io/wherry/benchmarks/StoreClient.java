package io.wherry.benchmarks;

import io.wherry.Run;
import io.wherry.RunQuery;
import io.wherry.Workspace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The program in which {@link BigStore} measures; arguments are the workspace and either the name
 * of the search that it performs once, or {@link #WARM}.
 */
public final class StoreClient {
  static final String OPEN = "open";
  static final String NEWEST = "newest";
  static final String GET = "get";
  static final String SEARCH = "search";
  static final String WARM = "warm";

  /** Conditions and orders by name. */
  static final Map<String, List<String>> SEARCHES =
      new TreeMap<>(
          Map.of(
              "newest-first",
              List.of("tags.team = 'birds' and metrics.accuracy > 0.9", ""),
              "by-metric",
              List.of("tags.team = 'birds' and metrics.accuracy > 0.5", "metrics.accuracy desc"),
              "no-match",
              List.of("tags.team = 'birds' and metrics.accuracy > 2", "")));

  private static final int PAGE = 50;
  private static final int ROUNDS = 201;
  private static final int OPENINGS = 31;

  private StoreClient() {}

  /** Measures and reports. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    if (args[1].equals(WARM)) {
      warm(folder);
    } else {
      first(folder, args[1]);
    }
  }

  private static void first(Path folder, String search) {
    long start = System.nanoTime();
    try (Workspace workspace = Workspace.open(folder)) {
      ChildJvm.report(OPEN, Samples.millisSince(start));
      ChildJvm.report(SEARCH, search(workspace, search));
    }
  }

  private static void warm(Path folder) throws Exception {
    Samples.interleaved(OPENINGS, () -> open(folder)); // warm-up
    ChildJvm.report(OPEN, Samples.interleaved(OPENINGS, () -> open(folder)).get(0).median());
    Random random = new Random(1);
    try (Workspace workspace = Workspace.open(folder)) {
      Samples.Source newest = () -> newest(workspace);
      Samples.Source get = () -> get(workspace, 1 + random.nextInt(RunFill.RUNS));
      Samples.interleaved(5 * ROUNDS, newest, get); // warm-up
      List<Samples> reads = Samples.interleaved(5 * ROUNDS, newest, get);
      ChildJvm.report(NEWEST, reads.get(0).median());
      ChildJvm.report(GET, reads.get(1).median());
      double slowest = 0;
      for (String name : SEARCHES.keySet()) {
        Samples.interleaved(ROUNDS, () -> search(workspace, name)); // warm-up
        double median = Samples.interleaved(ROUNDS, () -> search(workspace, name)).get(0).median();
        Lab.say("warm search, " + name + ": " + Figure.number(median) + " ms");
        slowest = Math.max(slowest, median);
      }
      ChildJvm.report(SEARCH, slowest);
    }
  }

  private static double open(Path folder) {
    long start = System.nanoTime();
    Workspace workspace = Workspace.open(folder);
    double millis = Samples.millisSince(start);
    workspace.close();
    return millis;
  }

  private static double newest(Workspace workspace) {
    long start = System.nanoTime();
    List<Run> runs = workspace.runs().list(PAGE);
    double millis = Samples.millisSince(start);
    require(runs.size() == PAGE, runs);
    return millis;
  }

  private static double get(Workspace workspace, int number) {
    String id = RunFill.NAME + "-" + number;
    long start = System.nanoTime();
    Run run = workspace.runs().get(id);
    double millis = Samples.millisSince(start);
    require(run.id().equals(id), run);
    return millis;
  }

  private static double search(Workspace workspace, String name) {
    List<String> search = SEARCHES.get(name);
    if (search == null) {
      throw new IllegalArgumentException("no search " + name);
    }
    long start = System.nanoTime();
    RunQuery query = workspace.runs().search(search.get(0)).limit(PAGE);
    List<Run> runs = (search.get(1).isEmpty() ? query : query.orderBy(search.get(1))).list();
    double millis = Samples.millisSince(start);
    require(runs.size() == (name.equals("no-match") ? 0 : PAGE), runs);
    return millis;
  }

  private static void require(boolean condition, Object found) {
    if (!condition) {
      throw new IllegalStateException("not what was asked for: " + found);
    }
  }
}
