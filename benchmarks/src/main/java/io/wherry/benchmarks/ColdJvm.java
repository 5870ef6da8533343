package io.wherry.benchmarks;

import java.nio.file.Path;
import java.util.List;

/**
 * A short program as a whole: JVM start, open a workspace that does not exist yet, one run of
 * {@code true}, close, JVM end. The SQLite library has been unpacked by a first start, as it is on
 * any machine where Wherry was used before.
 */
final class ColdJvm implements Benchmark {
  private static final int ROUNDS = 15;

  @Override
  public String name() {
    return "cold-jvm";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    Path cache = lab.folder("cache");
    double first = program(ColdClient.class, cache, lab.place("workspace"));
    List<Samples> samples =
        Samples.interleaved(
            ROUNDS,
            () -> program(ColdClient.class, cache, lab.place("workspace")),
            () -> program(EmptyProgram.class, cache, lab.place("unused")));
    Lab.say("the very first start on a machine: " + Figure.number(first) + " ms");
    return List.of(
        Figure.valueAtMost(
            name(), samples.get(0).median(), "ms", "empty program", samples.get(1).median(), 450));
  }

  private static double program(Class<?> main, Path cache, Path workspace) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.command(main, List.of(), workspace.toString())).inheritIO();
    builder.environment().put("XDG_CACHE_HOME", cache.toString());
    long start = System.nanoTime();
    int exitCode = builder.start().waitFor();
    double millis = Samples.millisSince(start);
    ChildJvm.requireSuccess(main.getSimpleName(), exitCode);
    return millis;
  }
}
