package io.wherry.spec;

/** Why an attempt ended. Retry policies select by cause. */
public enum Cause {
  /** The program ended by itself; its exit code says how. */
  EXITED,
  /**
   * The engine reports a signal as the end (a shell folds signals into exit codes above 128: then
   * it is {@link #EXITED}).
   */
  SIGNALED,
  /** Stopped on request. */
  STOPPED,
  /** Its time limit ran out. */
  TIME_LIMIT,
  /** It used more memory than its limit. */
  OUT_OF_MEMORY,
  /** The engine took its place away for something more important. */
  PREEMPTED,
  /** The machine went away under it: power, reboot, network. */
  NODE_LOST,
  /** The user's program never started: no room before the start time-out, or the launch failed. */
  NOT_STARTED,
  /** Exit code 0, but a declared output was never written. */
  OUTPUT_MISSING,
  /** The job wrapper was killed and the program has ended since: the exit code is not known. */
  EXIT_UNKNOWN,
  /** The engine says that it does not know the attempt (any more). */
  MISSING,
  /**
   * The engine took it back and starts it again, without saying why; an attempt of its own follows.
   */
  REQUEUED
}
