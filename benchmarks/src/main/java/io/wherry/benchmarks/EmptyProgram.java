package io.wherry.benchmarks;

/** The least that a JVM can do. */
public final class EmptyProgram {
  private EmptyProgram() {}

  /** Does nothing. */
  public static void main(String[] args) {}
}
