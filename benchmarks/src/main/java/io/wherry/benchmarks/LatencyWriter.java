package io.wherry.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program that writes the machine's clock as a line now and then. */
public final class LatencyWriter {
  /** Lines at the beginning that do not count. */
  static final int WARM_UP = 100;

  private static final int LINES = 1000;
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(15);

  private LatencyWriter() {}

  /** Writes. */
  public static void main(String[] args) {
    for (int i = 0; i < WARM_UP + LINES; i++) {
      LockSupport.parkNanos(PAUSE);
      System.out.println(System.nanoTime());
    }
  }
}
