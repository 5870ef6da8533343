package io.wherry.benchmarks;

import io.wherry.Workspace;
import java.nio.file.Path;

/** The short program of {@link ColdJvm}; its argument is the workspace. */
public final class ColdClient {
  private ColdClient() {}

  /** Runs {@code true} once. */
  public static void main(String[] args) {
    try (Workspace workspace = Workspace.open(Path.of(args[0]))) {
      workspace.run("true").command("true").submit().await().orThrow();
    }
  }
}
