package io.wherry.examples;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.runtime.RunContext;

/** One run of several processes, started together or not at all. */
public final class Ranks {
  private Ranks() {}

  /** Shows what each rank wrote. */
  public static void main(String[] args) {
    try (Workspace ws = Examples.open(args)) {
      Run run = ws.run("ranks").main(Share.class).processesPerNode(3).submit();
      RunResult result = run.await();
      for (int rank = 0; rank < 3; rank++) {
        System.out.print("rank " + rank + ": " + run.logs().rank(rank).text());
      }
      System.out.println(result);
    }
  }

  /** The program of each rank: it sums its share of the numbers from 1 to 300. */
  public static final class Share {
    private Share() {}

    /** The environment says which share is this one's. */
    public static void main(String[] args) {
      RunContext run = RunContext.current();
      int sum = 0;
      for (int i = 1; i <= 300; i++) {
        sum += i % run.worldSize() == run.rank() ? i : 0;
      }
      System.out.println("sum " + sum + " of share " + run.rank() + "/" + run.worldSize());
      run.metric("sum." + run.rank(), sum);
    }
  }
}
