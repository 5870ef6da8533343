package io.wherry.benchmarks.drill;

import io.wherry.Run;
import io.wherry.RunDraft;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.RunState;
import io.wherry.spec.TargetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The process that gets killed: {@code Client FOLDER WAVES [STEP NTH]}. Goes on with the wave that
 * an earlier client was killed in, and ends by itself when all waves are through.
 */
final class Client {
  private static final Duration TOO_LONG = Duration.ofSeconds(90);

  private final Place place;
  private final Workspace workspace;

  private Client(Place place, Workspace workspace) {
    this.place = place;
    this.workspace = workspace;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Place place = new Place(Path.of(args[0]));
    int waves = Integer.parseInt(args[1]);
    if (args.length > 2) {
      StepTrap.arm(place, args[2], Integer.parseInt(args[3]));
    }
    try (Workspace workspace = open(place)) {
      Client client = new Client(place, workspace);
      for (int wave = place.notes("waves").size(); wave < waves; wave++) {
        client.play(wave);
        place.note("waves", Integer.toString(wave));
      }
    }
  }

  static Workspace open(Place place) {
    Workspace workspace = Workspace.open(place.workspace());
    TargetSpec slots =
        TargetSpec.of("local", Map.of("slots", "4", "slotFolder", place.slots().toString()));
    if (!workspace.compute().get("local").spec().equals(slots)) {
      workspace.compute().update("local", slots);
    }
    return workspace;
  }

  static String key(int wave, Kind kind) {
    return wave + "-" + kind;
  }

  /** How many runs so many waves are. */
  static int runs(int waves) {
    return IntStream.range(0, waves).map(wave -> Kind.of(wave).size()).sum();
  }

  private void play(int wave) throws IOException, InterruptedException {
    Map<Kind, Run> runs = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.of(wave)) {
      Run run = draft(wave, kind).submit();
      place.note("submitted", key(wave, kind) + " " + run.id());
      runs.put(kind, run);
      if (kind == Kind.CANCELED_IN_QUEUE) {
        run.cancel();
      }
    }
    cancelInFlight(Objects.requireNonNull(runs.get(Kind.CANCEL)));
    List<String> ends = new ArrayList<>();
    for (Run run : runs.values()) {
      Optional<RunResult> result = run.await(TOO_LONG);
      if (result.isEmpty()) {
        throw new IllegalStateException(
            run + " did not end within " + TOO_LONG + ": " + run.timeline());
      }
      ends.add(result.get().toString());
    }
    System.err.println("wave " + wave + ": " + ends);
  }

  /**
   * Waits for its start, or not: what a killed client has asked for already is asked for again at
   * another moment.
   */
  private static void cancelInFlight(Run run) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (run.state() != RunState.RUNNING && !run.state().isFinal() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    run.cancel();
  }

  private RunDraft draft(int wave, Kind kind) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    RunDraft draft =
        workspace
            .run(name)
            .source(place.source())
            .env("DRILL_SIDE", place.side().toString())
            .grace(Duration.ofSeconds(1))
            .tag("wave", Integer.toString(wave))
            .idempotencyKey(key(wave, kind));
    if (kind == Kind.JAVA) {
      draft
          .main(JavaProgram.class, place.folder().toString())
          .jvmOptions("-Xmx32m", "-XX:TieredStopAtLevel=1");
    } else {
      draft.command("sh", "program.sh", name);
    }
    kind.shape(draft);
    return draft;
  }
}
