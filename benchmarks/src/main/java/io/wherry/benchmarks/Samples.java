package io.wherry.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Measured values. For one thread. */
final class Samples {
  private final List<Double> values = new ArrayList<>();

  /** Gives a sample. */
  interface Source {
    double measure() throws Exception;
  }

  void add(double value) {
    values.add(value);
  }

  int size() {
    return values.size();
  }

  Samples part(int from, int to) {
    Samples part = new Samples();
    part.values.addAll(values.subList(from, to));
    return part;
  }

  double median() {
    return quantile(0.5);
  }

  /** The smallest value that at least that part of all does not exceed. */
  double quantile(double part) {
    if (values.isEmpty()) {
      throw new IllegalStateException("nothing was measured");
    }
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(Math.max(0, (int) Math.ceil(part * sorted.size()) - 1));
  }

  /** Asks all sources in turn, round by round, each round beginning with another one. */
  static List<Samples> interleaved(int rounds, Source... sources) throws Exception {
    List<Samples> all = new ArrayList<>();
    for (int i = 0; i < sources.length; i++) {
      all.add(new Samples());
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < sources.length; i++) {
        int at = (round + i) % sources.length;
        all.get(at).add(sources[at].measure());
      }
    }
    return all;
  }

  /** Milliseconds since a moment of {@link System#nanoTime}. */
  static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }
}
