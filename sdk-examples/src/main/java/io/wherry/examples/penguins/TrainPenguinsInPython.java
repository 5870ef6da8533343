package io.wherry.examples.penguins;

import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.examples.Resources;
import java.io.IOException;
import java.nio.file.Path;

/** The main job as a Python script, run by the same API: only the command differs. */
public final class TrainPenguinsInPython {
  /** What the script ends with where scikit-learn is missing. */
  private static final int NO_SCIKIT_LEARN = 69;

  /** What a missing program looks like. */
  private static final int NO_PYTHON = 127;

  private TrainPenguinsInPython() {}

  /** Arguments: the target ({@code local} if not said) and the workspace folder. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args.length > 1 ? args[1] : "my-workspace");
    try (Workspace ws =
        Workspace.builder(folder).defaultTarget(args.length > 0 ? args[0] : "local").open()) {
      RunResult result =
          ws.run("penguins-python")
              .source(Resources.folderWith(Penguins.class, "train_penguins.py"))
              .command("python3", "train_penguins.py")
              .input(
                  "data",
                  Resources.folderWith(Penguins.class, Penguins.FILE).resolve(Penguins.FILE))
              .output("model")
              .param("epochs", 30)
              .param("seed", 42)
              .submit()
              .follow(System.out);
      int exitCode = result.exitCode().orElse(-1);
      if (exitCode == NO_SCIKIT_LEARN || exitCode == NO_PYTHON) {
        System.out.println("skipped: python3 with scikit-learn is not there on " + result.target());
        return;
      }
      System.out.printf(
          "accuracy %.4f, model in %s%n",
          result.orThrow().metrics().get("test.accuracy"), result.output("model").path());
    }
  }
}
