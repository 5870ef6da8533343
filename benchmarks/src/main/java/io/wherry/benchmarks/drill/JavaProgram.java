package io.wherry.benchmarks.drill;

import io.wherry.runtime.RunContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The program of the drill that reports through the runtime library, in binary frames. */
final class JavaProgram {
  static final int POINTS = 2000;
  private static final int STEP = 400;

  private JavaProgram() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Place place = new Place(Path.of(args[0]));
    String key = System.getenv("WHERRY_LAUNCH_KEY");
    place.note("starts", key + " 0");
    RunContext run = RunContext.current();
    for (int i = 1; i <= POINTS; i++) {
      run.metric("loss", i + 0.5, i);
      run.metric("step", i, i);
      if (i % STEP == 0) {
        run.flush();
        place.note("points", key + " " + i);
        TimeUnit.MILLISECONDS.sleep(50); // time to be killed in
      }
    }
  }
}
