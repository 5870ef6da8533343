package io.wherry.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with the class path of this one. */
final class ChildJvm {
  private static final long LIMIT_SECONDS = 120;

  private ChildJvm() {}

  static List<String> command(Class<?> main, List<String> jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+IgnoreUnrecognizedVMOptions");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs a program to its end; returns the {@code name value} lines that it prints. */
  static Map<String, Double> run(Class<?> main, List<String> jvmOptions, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command(main, jvmOptions, arguments));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    Map<String, Double> values = new LinkedHashMap<>();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", 2);
        values.put(words[0], Double.valueOf(words[1]));
      }
    } finally {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    requireSuccess(main.getSimpleName(), process.waitFor());
    return values;
  }

  /** One of the values that {@link #run} gave. */
  static double value(Map<String, Double> values, String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("no " + name + " in " + values);
    }
    return value;
  }

  /** Prints a line that {@link #run} reads. */
  static void report(String name, double value) {
    System.out.println(name + " " + value);
  }

  static void requireSuccess(String what, int exitCode) {
    if (exitCode != 0) {
      throw new IllegalStateException(what + " ended with exit code " + exitCode);
    }
  }
}
