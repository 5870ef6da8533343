package io.wherry.benchmarks;

import io.wherry.Workspace;
import io.wherry.event.RunEvent;
import io.wherry.internal.store.AttemptRow;
import io.wherry.internal.store.PackedPoints;
import io.wherry.internal.store.Store;
import io.wherry.internal.store.Tx;
import io.wherry.spec.Cause;
import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import io.wherry.spec.RunState;
import io.wherry.spi.WorkloadHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Puts many runs into a workspace, past everything that would run them. */
final class RunFill {
  static final int RUNS = 100_000;
  static final String NAME = "train";

  private static final int PER_WRITE = 1000;
  private static final List<String> TEAMS = List.of("birds", "fish", "frogs", "mice", "bats");
  private static final List<RunState> STATES =
      List.of(
          RunState.CREATED,
          RunState.QUEUED,
          RunState.RUNNING,
          RunState.COLLECTING,
          RunState.SUCCEEDED);

  private RunFill() {}

  static void fill(Path folder) {
    Workspace.open(folder).close(); // gives the folder an identity
    Random random = new Random(1);
    try (Store store = Store.open(folder, false)) {
      for (int done = 0; done < RUNS; done += PER_WRITE) {
        int from = done;
        store.write(
            tx -> {
              for (int i = from; i < from + PER_WRITE; i++) {
                add(tx, i, random);
              }
              return true;
            });
      }
    }
  }

  private static void add(Tx tx, int number, Random random) {
    Instant now = Instant.ofEpochSecond(1_700_000_000L + number);
    long run = tx.insertRun(spec(number, random), now).run().id();
    for (RunState state : STATES) {
      tx.addEvent(run, new RunEvent.StateChanged(now, 1, state, ""));
    }
    tx.putAttempt(
        new AttemptRow(
            run,
            1,
            RunState.SUCCEEDED,
            "",
            new WorkloadHandle("local", 1, "host/" + NAME + "-" + (number + 1) + "/1"),
            0,
            Cause.EXITED,
            0,
            0,
            now,
            now,
            now.plusSeconds(60),
            true));
    for (String metric : List.of("accuracy", "loss", "precision", "recall", "seconds")) {
      PackedPoints point = new PackedPoints();
      point.add(number % 100, now.toEpochMilli(), random.nextDouble());
      tx.appendPoints(run, metric, point);
    }
  }

  private static RunSpec spec(int number, Random random) {
    return new RunSpec(
        NAME,
        "local",
        new Program.Command(
            List.of("python3", "train.py", "--epochs", "20", "--seed", "" + number)),
        null,
        Map.of(
            "epochs", "20",
            "seed", Integer.toString(number),
            "rate", Double.toString(random.nextDouble()),
            "optimizer", random.nextBoolean() ? "adam" : "sgd",
            "layers", Integer.toString(random.nextInt(8))),
        Map.of(),
        Set.of("model"),
        Map.of("OMP_NUM_THREADS", "2"),
        Map.of(),
        Resources.DEFAULT,
        1,
        1,
        null,
        null,
        Duration.ofSeconds(10),
        0,
        RetryPolicy.NONE,
        Map.of(
            "team", TEAMS.get(random.nextInt(TEAMS.size())),
            "version", "v" + number / 1000,
            "branch", "topic-" + random.nextInt(50),
            "user", "user-" + random.nextInt(20),
            "rare", "r" + random.nextInt(10_000)),
        null,
        Map.of());
  }
}
