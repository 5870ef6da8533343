package io.wherry.benchmarks.drill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Kills its own process with SIGKILL when a step of the controller is reached for the n-th time.
 */
final class StepTrap extends Handler {
  private static final Logger STEPS =
      Logger.getLogger("io.wherry.steps"); // held, or it would be collected

  private final Place place;
  private final String step;
  private final AtomicInteger left;

  private StepTrap(Place place, String step, int nth) {
    this.place = place;
    this.step = step;
    this.left = new AtomicInteger(nth);
  }

  static void arm(Place place, String step, int nth) {
    STEPS.setLevel(Level.FINER);
    STEPS.setUseParentHandlers(false);
    STEPS.addHandler(new StepTrap(place, step, nth));
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getMessage().startsWith("step " + step + " ") && left.decrementAndGet() == 0) {
      try {
        place.note("steps", step);
        new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      while (true) {
        LockSupport.park(); // this thread goes no further
      }
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
