package io.wherry.benchmarks;

import java.util.List;

/** One measurement with its baselines. For one thread. */
interface Benchmark {
  /** Its name; figures are called the same, or that and more behind a hyphen. */
  String name();

  /** Measures. Takes at most a minute and a half. */
  List<Figure> run(Lab lab) throws Exception;
}
