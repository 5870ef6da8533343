package io.wherry.benchmarks;

import io.wherry.Run;
import io.wherry.Workspace;
import io.wherry.local.LocalProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The program in which {@link QueueThousand} measures; its argument is an empty folder. */
public final class QueueClient {
  static final String QUEUED = "queued";
  static final String SUPERVISED = "supervised";
  static final String BARE = "bare";

  private static final int RUNS = 1000;
  private static final int WARM_UP = 200;
  private static final int ROUNDS = 3;

  private final Path folder;
  private final int slots = Runtime.getRuntime().availableProcessors();
  private int places;

  private QueueClient(Path folder) {
    this.folder = folder;
  }

  /** Measures and reports. */
  public static void main(String[] args) throws Exception {
    QueueClient client = new QueueClient(Path.of(args[0]));
    client.round(1, WARM_UP);
    List<Samples> samples = client.round(ROUNDS, RUNS);
    ChildJvm.report(QUEUED, samples.get(0).median());
    ChildJvm.report(SUPERVISED, samples.get(1).median());
    ChildJvm.report(BARE, samples.get(2).median());
  }

  private List<Samples> round(int rounds, int runs) throws Exception {
    return Samples.interleaved(
        rounds, () -> queued(runs), () -> supervised(runs), () -> bare(runs));
  }

  private Path place() {
    return folder.resolve(Integer.toString(places++));
  }

  private double queued(int runs) {
    try (Workspace workspace = Workspace.open(place())) {
      Lab.attach(workspace, slots, place());
      SubmitToVerdict.wherry(workspace); // the launcher is up, as it is in the supervised pool
      List<Run> queue = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < runs; i++) {
        queue.add(workspace.run("true").on(Lab.TARGET).command("true").submit());
      }
      double submitted = Samples.millisSince(start);
      queue.forEach(run -> run.await().orThrow());
      double done = Samples.millisSince(start);
      Lab.say(
          "queued " + Figure.number(done) + " ms, of it submitting " + Figure.number(submitted));
      return done;
    }
  }

  private double supervised(int runs) throws Exception {
    Path runsFolder = Files.createDirectory(place());
    try (SupervisedPool pool =
        new SupervisedPool(new LocalProvider(), runsFolder, place(), slots)) {
      pool.run(1);
      long start = System.nanoTime();
      pool.run(runs);
      double done = Samples.millisSince(start);
      Lab.say("supervised " + Figure.number(done) + " ms");
      return done;
    }
  }

  private double bare(int runs) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(slots);
    try {
      long start = System.nanoTime();
      List<Future<Double>> processes = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        processes.add(pool.submit(SubmitToVerdict::bare));
      }
      for (Future<Double> process : processes) {
        process.get();
      }
      double done = Samples.millisSince(start);
      Lab.say("bare " + Figure.number(done) + " ms");
      return done;
    } finally {
      pool.shutdown();
    }
  }
}
