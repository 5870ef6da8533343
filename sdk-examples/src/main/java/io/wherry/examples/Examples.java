package io.wherry.examples;

import io.wherry.Workspace;
import java.nio.file.Path;

/** What all examples share: where they run. */
final class Examples {
  private Examples() {}

  /**
   * Opens the workspace that the arguments of {@code main} name: target, folder; both may be left
   * out.
   */
  static Workspace open(String[] args) {
    return Workspace.builder(Path.of(args.length > 1 ? args[1] : "my-workspace"))
        .defaultTarget(args.length > 0 ? args[0] : "local")
        .open();
  }
}
