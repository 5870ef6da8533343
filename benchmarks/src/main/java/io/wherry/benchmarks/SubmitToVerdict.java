package io.wherry.benchmarks;

import io.wherry.Workspace;
import java.util.List;

/** What a run costs above the bare process: from submit to the verdict in the caller's hands. */
final class SubmitToVerdict implements Benchmark {
  private static final int WARM_UP = 300;
  private static final int ROUNDS = 500;

  @Override
  public String name() {
    return "submit-to-verdict";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    try (Workspace workspace = lab.workspace("workspace", 2)) {
      Samples.interleaved(WARM_UP, () -> wherry(workspace), SubmitToVerdict::bare);
      List<Samples> samples =
          Samples.interleaved(ROUNDS, () -> wherry(workspace), SubmitToVerdict::bare);
      double ours = samples.get(0).median();
      double bare = samples.get(1).median();
      Lab.say("whole run " + Figure.number(ours) + " ms");
      return List.of(Figure.valueAtMost(name(), ours - bare, "ms", "bare process", bare, 4));
    }
  }

  /** One run of {@code true} to its end, in milliseconds. */
  static double wherry(Workspace workspace) {
    long start = System.nanoTime();
    workspace.run("true").on(Lab.TARGET).command("true").submit().await().orThrow();
    return Samples.millisSince(start);
  }

  /** One process without anything around it, in milliseconds. */
  static double bare() throws Exception {
    long start = System.nanoTime();
    ChildJvm.requireSuccess("true", new ProcessBuilder("/bin/true").start().waitFor());
    return Samples.millisSince(start);
  }
}
