package io.wherry.examples;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.runtime.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A run that fails, is tried again, and goes on where it stopped. */
public final class Retries {
  private static final int INTERRUPTED = 75;

  private Retries() {}

  /** Shows every attempt. */
  public static void main(String[] args) {
    try (Workspace ws = Examples.open(args)) {
      Run run =
          ws.run("patient")
              .main(Patient.class)
              .param("steps", 6)
              .retry(r -> r.attempts(3).onExitCodes(INTERRUPTED))
              .submit();
      RunResult result = run.await();
      run.attempts().forEach(System.out::println);
      System.out.println(result);
    }
  }

  /**
   * The program of the run. It does two steps a start, as if it were interrupted again and again.
   */
  public static final class Patient {
    private Patient() {}

    /** Ends with exit code 75 where it wants to be started again. */
    public static void main(String[] args) throws IOException {
      RunContext run = RunContext.current();
      Path saved = run.checkpoints().resolve("step");
      int done = Files.exists(saved) ? Integer.parseInt(Files.readString(saved)) : 0;
      int steps = run.param("steps", 6);
      for (int step = done + 1; step <= steps; step++) {
        System.out.println("attempt " + run.attempt() + " does step " + step);
        run.metric("step", step, step);
        Files.writeString(saved, Integer.toString(step));
        if (step == done + 2 && step < steps) {
          System.exit(INTERRUPTED);
        }
      }
    }
  }
}
