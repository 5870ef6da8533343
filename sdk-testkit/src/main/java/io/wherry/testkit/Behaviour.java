package io.wherry.testkit;

/** A program of a fake or simulated engine, in Java. */
@FunctionalInterface
public interface Behaviour {
  /**
   * Writes down what one process does, from its start on. Called when the process starts, once for
   * each rank and attempt, on any thread; it must not block. Whatever it throws ends the process
   * with exit code 70 and the exception on its standard error.
   */
  void play(Script script) throws Exception;
}
