package io.wherry.examples;

import io.wherry.RunResult;
import io.wherry.Workspace;

/** The first run: no configuration. */
public final class Hello {
  private Hello() {}

  /** Runs {@code echo hello}. */
  public static void main(String[] args) {
    try (Workspace ws = Examples.open(args)) {
      RunResult result = ws.run("hello").command("echo", "hello").submit().await();
      System.out.println(result);
    }
  }
}
