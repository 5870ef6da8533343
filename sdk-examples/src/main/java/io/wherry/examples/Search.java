package io.wherry.examples;

import io.wherry.Run;
import io.wherry.Workspace;
import java.util.ArrayList;
import java.util.List;

/** Finding runs by what they are and what they measured. */
public final class Search {
  private Search() {}

  /** Runs three and finds the two good ones, the best first. */
  public static void main(String[] args) {
    try (Workspace ws = Examples.open(args)) {
      List<Run> runs = new ArrayList<>();
      for (double accuracy : new double[] {0.91, 0.62, 0.97}) {
        runs.add(
            ws.run("candidate")
                .command("sh", "-c", "echo \"metric accuracy={accuracy}\" >>\"$WHERRY_EVENTS\"")
                .param("accuracy", accuracy)
                .tag("team", "birds")
                .submit());
      }
      runs.forEach(Run::await);
      for (Run run :
          ws.runs()
              .search("tags.team = 'birds' and metrics.accuracy > 0.9")
              .orderBy("metrics.accuracy desc")
              .list()) {
        System.out.println(run.id() + " accuracy " + run.metrics().get("accuracy"));
      }
    }
  }
}
