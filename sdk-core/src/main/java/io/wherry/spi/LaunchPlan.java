package io.wherry.spi;

import io.wherry.spec.Cause;
import io.wherry.spec.Violation;
import java.util.List;
import java.util.Set;

/** What a backend would do for a batch, and the means to do it. */
public interface LaunchPlan {
  /**
   * The native request in words of the engine: argument lists, a script, YAML. Secrets appear as
   * references. No I/O.
   */
  String describe();

  /**
   * What the backend itself objects to, beyond capabilities; options of its own prefix above all.
   * No I/O.
   */
  List<Violation> violations();

  /** Causes after which the engine starts the workload again by itself; core retries the others. */
  Set<Cause> requeuesOn();

  /**
   * Starts all workloads of the batch or none. Called again with the same keys after an {@link
   * BackendException.Kind#AMBIGUOUS} failure or a crash, it gives the handles of what was started
   * then: the user's program of a key runs at most once. Moves no bulk bytes.
   *
   * @throws BackendException classified; {@code REJECTED} ends the attempts with the message as
   *     reason
   */
  Launch launch() throws BackendException;
}
