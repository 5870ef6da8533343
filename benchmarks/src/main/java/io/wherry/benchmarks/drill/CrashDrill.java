package io.wherry.benchmarks.drill;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Starts clients with mixed runs and kills them with SIGKILL, half of them at random instants, half
 * at the named steps of the controller; a new client goes on where the killed one was. After a
 * number of kills the workspace has to be as if nobody had ever been killed. System properties:
 * {@code kills}, {@code seed}, {@code killsPerWorkspace}, {@code keep} (the folders).
 */
public final class CrashDrill {
  private static final List<String> STEPS =
      List.of(
          "submitted",
          "launch",
          "launched",
          "running",
          "cancel",
          "stop",
          "ended",
          "drained",
          "collected",
          "judged");
  private static final int KILLED = 128 + 9;
  private static final long LONGEST_LIFE_SECONDS = 120;

  private final int kills = Integer.getInteger("kills", 300);
  private final int killsPerWorkspace = Integer.getInteger("killsPerWorkspace", 20);
  private final long seed = Long.getLong("seed", System.nanoTime() & 0xffffff);
  private final Random random = new Random(seed);
  private final Map<String, Integer> killsByStep = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private final long began = System.nanoTime();
  private int done;
  private int atRandom;
  private int armed;
  private int runs;

  private CrashDrill() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(new CrashDrill().drill() ? 0 : 1);
  }

  private boolean drill() throws IOException, InterruptedException {
    System.out.println(
        "crash drill: " + kills + " kills, seed " + seed + " (repeat with -Dseed=" + seed + ")");
    for (int life = 1; done < kills && faults.isEmpty(); life++) {
      Place place = new Place(Files.createTempDirectory("wherry-drill-"));
      live(place, life);
      if (faults.isEmpty() && !Boolean.getBoolean("keep")) {
        delete(place.folder());
      } else {
        System.out.println("the folders of this life stay at " + place.folder());
      }
    }
    faults.forEach(fault -> System.out.println("FAULT " + fault));
    System.out.println(
        "crash drill: "
            + done
            + " kills ("
            + atRandom
            + " at random instants, at steps "
            + killsByStep
            + "), "
            + runs
            + " runs, "
            + faults.size()
            + " faults (lost or doubled runs, log bytes, metric points, wrong verdicts,"
            + " leftovers) in "
            + seconds()
            + " s, seed "
            + seed);
    return faults.isEmpty();
  }

  /** One workspace from its first opening to the look at what has become of it. */
  private void live(Place place, int life) throws IOException, InterruptedException {
    for (Path folder :
        List.of(place.source(), place.slots(), place.side(), place.temporary(), place.cache())) {
      Files.createDirectories(folder);
    }
    try (InputStream program = CrashDrill.class.getResourceAsStream("program.sh")) {
      Files.write(place.source().resolve("program.sh"), program.readAllBytes());
    }
    String mark = "life-" + life + "-" + ProcessHandle.current().pid() + "-" + seed;
    int end = Math.min(kills, done + killsPerWorkspace);
    while (done < end) {
      if (random.nextBoolean()) {
        killAtRandom(place, mark);
      } else {
        killAtStep(place, mark);
      }
    }
    int waves = place.notes("waves").size() + 1;
    runs += Client.runs(waves);
    if (await(start(place, mark, Client.class, Integer.toString(waves))) != 0) {
      faults.add("the last client failed, see " + place.clientLog());
      return;
    }
    Process verifier = start(place, mark, Verifier.class, Integer.toString(waves));
    String found = new String(verifier.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (await(verifier) != 0) {
      faults.addAll(found.lines().toList());
      faults.add("workspace of life " + life + " is not as it has to be, see " + place.clientLog());
    }
    faults.addAll(Leftovers.of(place, mark));
    System.out.println(
        "life "
            + life
            + ": "
            + done
            + " of "
            + kills
            + " kills, "
            + Client.runs(waves)
            + " runs, "
            + (faults.isEmpty() ? "all well" : faults.size() + " faults")
            + ", "
            + seconds()
            + " s");
  }

  private void killAtRandom(Place place, String mark) throws IOException, InterruptedException {
    Process client = start(place, mark, Client.class, Integer.toString(Integer.MAX_VALUE));
    long instant = 100 + (long) (random.nextDouble() * random.nextDouble() * 4000);
    if (!client.waitFor(instant, TimeUnit.MILLISECONDS)) {
      client.destroyForcibly();
    }
    if (await(client) == KILLED) {
      done++;
      atRandom++;
    } else {
      faults.add("a client ended by itself, see " + place.clientLog());
      done = kills;
    }
  }

  private void killAtStep(Place place, String mark) throws IOException, InterruptedException {
    String step = STEPS.get(armed++ % STEPS.size());
    int nth =
        step.equals("cancel") || step.equals("stop")
            ? 1 + random.nextInt(2)
            : 1 + random.nextInt(8);
    Process client =
        start(
            place,
            mark,
            Client.class,
            Integer.toString(Integer.MAX_VALUE),
            step,
            Integer.toString(nth));
    if (await(client) == KILLED) {
      done++;
      killsByStep.merge(step, 1, Integer::sum);
    } else {
      faults.add(
          "a client that had to die at step "
              + step
              + " ended by itself, see "
              + place.clientLog());
      done = kills;
    }
  }

  private static int await(Process process) throws InterruptedException {
    if (!process.waitFor(LONGEST_LIFE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      process.waitFor();
      return -1;
    }
    return process.exitValue();
  }

  private static Process start(Place place, String mark, Class<?> main, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + place.temporary(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                place.folder().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(Leftovers.MARK, mark);
    builder.environment().put("TMPDIR", place.temporary().toString());
    builder.environment().put("XDG_CACHE_HOME", place.cache().toString());
    File log = place.clientLog().toFile();
    builder.redirectError(Redirect.appendTo(log));
    if (main == Client.class) {
      builder.redirectOutput(Redirect.appendTo(log));
    }
    return builder.start();
  }

  private long seconds() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            dir.toFile().setWritable(true, true); // frozen trees are read-only
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
