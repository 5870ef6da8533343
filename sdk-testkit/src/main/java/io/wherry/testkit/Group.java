package io.wherry.testkit;

/** Tests of one concern. Its methods are final, so that no backend can empty them. */
abstract class Group {
  /** The bench of the running test. */
  abstract Bench bench();
}
