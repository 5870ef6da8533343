package io.wherry.examples;

import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.runtime.RunContext;

/** Watching a run live: its state, progress, lines, metrics and verdict. */
public final class Follow {
  private Follow() {}

  /** Follows a run until it ends; {@code cancel()} would end it, leaving this method would not. */
  public static void main(String[] args) {
    try (Workspace ws = Examples.open(args)) {
      RunResult result =
          ws.run("countdown").main(Countdown.class).param("from", 5).submit().follow(System.out);
      System.out.println(result.metrics());
    }
  }

  /** The program of the run. */
  public static final class Countdown {
    private Countdown() {}

    /** Reports what it does: nobody has to parse its log. */
    public static void main(String[] args) {
      RunContext run = RunContext.current();
      int from = run.param("from", 3);
      for (int step = 1; step <= from; step++) {
        System.out.println("T minus " + (from - step));
        run.metric("left", from - step, step);
        run.progress(step, from);
      }
    }
  }
}
