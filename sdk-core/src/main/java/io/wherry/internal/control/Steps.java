package io.wherry.internal.control;

import io.wherry.spi.LaunchKey;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The named steps of a run's life, as trace log records {@code step <name> <launch key>} of the
 * logger {@value #LOGGER}. A crash drill listens to them and kills the process at each; nothing
 * else depends on them.
 */
final class Steps {
  static final String LOGGER = "io.wherry.steps";

  private final Logger log = System.getLogger(LOGGER);

  /** The run has come to this step; what the step stands for is done. */
  void reached(String step, LaunchKey key) {
    if (log.isLoggable(Level.TRACE)) {
      log.log(Level.TRACE, "step " + step + " " + key);
    }
  }
}
