package io.wherry.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A workspace of 100,000 ended runs with 5 tags, 5 parameters, 5 metrics and 5 events each. Opening
 * it, the newest 50, a run by id, and searches by tag and metric, in JVMs that do it for the first
 * time and in one that has done it often. Of the searches the slowest counts: newest first with
 * many matches, by metric, and without any match. See {@link StoreClient}.
 */
final class BigStore implements Benchmark {
  private static final int FRESH_ROUNDS = 3;

  @Override
  public String name() {
    return "store-100k";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    Path folder = lab.place("workspace");
    long start = System.nanoTime();
    RunFill.fill(folder);
    Lab.say("filled in " + Figure.number(Samples.millisSince(start)) + " ms");
    Samples firstOpen = new Samples();
    List<Double> firstSearches = new ArrayList<>();
    for (String search : StoreClient.SEARCHES.keySet()) {
      Samples first = new Samples();
      for (int round = 0; round < FRESH_ROUNDS; round++) {
        Map<String, Double> result = client(folder, search);
        firstOpen.add(ChildJvm.value(result, StoreClient.OPEN));
        first.add(ChildJvm.value(result, StoreClient.SEARCH));
      }
      Lab.say("first search in a JVM, " + search + ": " + Figure.number(first.median()) + " ms");
      firstSearches.add(first.median());
    }
    Map<String, Double> warm = client(folder, StoreClient.WARM);
    List<Figure> figures = new ArrayList<>();
    add(figures, "open-first", firstOpen.median(), 300);
    add(figures, "open-warm", ChildJvm.value(warm, StoreClient.OPEN), 10);
    add(figures, "newest-50", ChildJvm.value(warm, StoreClient.NEWEST), 1);
    add(figures, "get", ChildJvm.value(warm, StoreClient.GET), 0.1);
    add(figures, "search-first", slowest(firstSearches), 50);
    add(figures, "search-warm", ChildJvm.value(warm, StoreClient.SEARCH), 10);
    return figures;
  }

  private void add(List<Figure> figures, String what, double millis, double limit) {
    figures.add(Figure.withinBudget(name() + "-" + what, millis, "ms", limit));
  }

  private static double slowest(List<Double> values) {
    return values.stream().mapToDouble(v -> v).max().orElseThrow();
  }

  private static Map<String, Double> client(Path folder, String mode) throws Exception {
    return ChildJvm.run(StoreClient.class, List.of(), folder.toString(), mode);
  }
}
