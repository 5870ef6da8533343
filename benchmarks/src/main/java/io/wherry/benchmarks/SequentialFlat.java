package io.wherry.benchmarks;

import io.wherry.Workspace;
import java.util.List;

/**
 * Whether a run costs more the more runs there are. Each time in a new workspace, after a warm-up
 * in another: a compiler that still gets better would hide growth.
 */
final class SequentialFlat implements Benchmark {
  private static final int WARM_UP = 400;
  private static final int RUNS = 1000;
  private static final int WINDOW = 100;
  private static final int ROUNDS = 3;

  @Override
  public String name() {
    return "sequential-flat";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    runs(lab, WARM_UP);
    Samples early = new Samples();
    Samples late = new Samples();
    for (int round = 0; round < ROUNDS; round++) {
      Samples all = runs(lab, RUNS);
      early.add(all.part(WINDOW, 2 * WINDOW).median());
      late.add(all.part(RUNS - WINDOW, RUNS).median());
    }
    return List.of(
        Figure.ratioAtMost(name(), late.median(), "ms", "runs 100 to 200", early.median(), 1.1));
  }

  private static Samples runs(Lab lab, int count) throws Exception {
    Samples samples = new Samples();
    try (Workspace workspace = lab.workspace("workspace", 2)) {
      for (int i = 0; i < count; i++) {
        samples.add(SubmitToVerdict.wherry(workspace));
      }
    }
    return samples;
  }
}
