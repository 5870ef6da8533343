package io.wherry.benchmarks;

import io.wherry.local.LocalProvider;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How many bytes core and everything that it needs bring along: this program's class path without
 * the benchmarks and the local backend, which needs nothing but core.
 */
final class CoreSize implements Benchmark {
  @Override
  public String name() {
    return "core-size";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    Set<Path> others = Set.of(origin(Main.class), origin(LocalProvider.class));
    long sum = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.isEmpty()) {
        continue;
      }
      Path path = Path.of(entry).toRealPath();
      if (!others.contains(path)) {
        long size = size(path);
        Lab.say(path.getFileName() + " " + size);
        sum += size;
      }
    }
    return List.of(Figure.withinBudget(name(), sum / 1e6, "MB", 25));
  }

  private static Path origin(Class<?> type) throws URISyntaxException, IOException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toRealPath();
  }

  private static long size(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
    }
  }
}
