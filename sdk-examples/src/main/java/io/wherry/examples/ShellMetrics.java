package io.wherry.examples;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.MetricPoint;
import java.io.IOException;

/** A shell script that reports metrics and writes an output: no library, lines of text only. */
public final class ShellMetrics {
  private ShellMetrics() {}

  /** Shows what arrived. */
  public static void main(String[] args) throws IOException {
    try (Workspace ws = Examples.open(args)) {
      Run run =
          ws.run("shell")
              .source(Resources.folderWith(ShellMetrics.class, "train.sh"))
              .command("sh", "train.sh")
              .param("steps", 4)
              .output("greeting")
              .submit();
      RunResult result = run.await().orThrow();
      for (MetricPoint point : run.metrics().series("loss")) {
        System.out.println("step " + point.step() + ": loss " + point.value());
      }
      System.out.println("output " + result.output("greeting").name() + ", " + result);
    }
  }
}
