package io.wherry.benchmarks.drill;

import io.wherry.Artifact;
import io.wherry.Attempt;
import io.wherry.Run;
import io.wherry.RunLogs;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.MetricPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a workspace after all kills, in a process of its own: {@code Verifier FOLDER WAVES}.
 * Compares what Wherry says with what the programs noted; prints one line a fault and ends with
 * exit code 1 if there is any.
 */
final class Verifier {
  private final Place place;
  private final Workspace workspace;
  private final Map<String, Integer> starts = new HashMap<>();
  private final Map<String, Set<Integer>> acknowledged = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  private Verifier(Place place, Workspace workspace) {
    this.place = place;
    this.workspace = workspace;
  }

  public static void main(String[] args) throws IOException {
    Place place = new Place(Path.of(args[0]));
    List<String> faults;
    try (Workspace workspace = Client.open(place)) {
      faults = new Verifier(place, workspace).verify(Integer.parseInt(args[1]));
    }
    tidyUp(place);
    faults.forEach(System.out::println);
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /** What a killed freezing left in the blob store goes with the next prune, once it is old. */
  private static void tidyUp(Place place) {
    Clock tomorrow = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));
    try (Workspace workspace = Workspace.builder(place.workspace()).clock(tomorrow).open()) {
      workspace.prune(Duration.ofDays(1000));
    }
  }

  private List<String> verify(int waves) throws IOException {
    place.notes("starts").forEach(line -> starts.merge(line, 1, Integer::sum));
    starts.forEach((start, times) -> expect(start, "starts", 1, times));
    Map<String, String> ids = new HashMap<>();
    for (String line : place.notes("submitted")) {
      String[] words = line.split(" ");
      String other = ids.putIfAbsent(words[0], words[1]);
      expect(words[0], "id after another submit", other == null ? words[1] : other, words[1]);
    }
    expect("workspace", "runs", Client.runs(waves), workspace.runs().list(100_000).size());
    for (int wave = 0; wave < waves; wave++) {
      for (Kind kind : Kind.of(wave)) {
        String key = Client.key(wave, kind);
        String id = ids.get(key);
        if (id == null || workspace.runs().find(id).isEmpty()) {
          faults.add(key + ": lost");
        } else {
          verify(kind, workspace.runs().get(id));
        }
      }
    }
    return faults;
  }

  private void verify(Kind kind, Run run) throws IOException {
    RunResult result = run.await();
    String id = run.id();
    expect(id, "outcome", kind.outcome(), result.outcome());
    expect(id, "cause", kind.cause(), result.cause());
    if (kind.exitCode() >= 0) {
      expect(id, "exit code", kind.exitCode(), result.exitCode().orElse(-1));
    }
    if (!kind.isCanceled()) {
      expect(id, "attempts", kind.attempts(), result.attempts().size());
    }
    for (Attempt attempt : result.attempts()) {
      for (int rank = 0; rank < kind.ranks(); rank++) {
        String start = workspace.id() + "/" + id + "/" + attempt.number() + " " + rank;
        boolean started = starts.remove(start) != null;
        if (!started && !kind.isStopped()) {
          faults.add(start + ": never started, but it is " + attempt);
        }
      }
    }
    logs(kind, run);
    points(kind, run, result);
    outputs(kind, result);
  }

  // ---- logs

  private void logs(Kind kind, Run run) throws IOException {
    switch (kind) {
      case SUCCESS -> {
        text(run.id() + " out", run.logs().out(), "out of success\n");
        text(run.id() + " err", run.logs().err(), "err of success\n");
      }
      case FAILURE -> {
        text(run.id() + " out", run.logs().out(), "");
        text(run.id() + " err", run.logs().err(), "going to fail\n");
      }
      case LOG -> {
        String out = lines(1, 10_000, "out") + "no newline at the end";
        text(run.id() + " out", run.logs().out(), out);
        StringBuilder err = new StringBuilder();
        for (int i = 1; i <= 9001; i += 1000) {
          err.append(lines(i, i + 99, "err"));
        }
        text(run.id() + " err", run.logs().err(), err.toString());
        try (Stream<String> seen = run.logs().out().lines().map(l -> l.text())) {
          expect(run.id(), "log lines", true, out.lines().toList().equals(seen.toList()));
        }
      }
      case RETRIED -> {
        for (int attempt = 1; attempt <= 3; attempt++) {
          text(run.id() + " out", run.logs().attempt(attempt).out(), "attempt " + attempt + "\n");
        }
      }
      case RANKS -> {
        for (int rank = 0; rank < 2; rank++) {
          text(run.id() + " out", run.logs().rank(rank).out(), "rank " + rank + " of 2\n");
        }
      }
      case QUEUED -> text(run.id() + " out", run.logs().out(), "had to wait\n");
      case CANCEL, JAVA, METRICS, OUTPUT, TIME_LIMIT, EXHAUSTED, NO_OUTPUT, CANCELED_IN_QUEUE -> {}
    }
  }

  private static String lines(int from, int to, String text) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(i -> "line " + i + " " + text + "\n")
        .collect(Collectors.joining());
  }

  private void text(String what, RunLogs logs, String expected) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    logs.copyTo(bytes);
    byte[] wanted = expected.getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(wanted, bytes.toByteArray())) {
      faults.add(
          what
              + ": log differs from byte "
              + Arrays.mismatch(wanted, bytes.toByteArray())
              + " on; "
              + wanted.length
              + " bytes were written, "
              + bytes.size()
              + " are there");
    }
  }

  // ---- metrics

  private void points(Kind kind, Run run, RunResult result) throws IOException {
    if (acknowledged.isEmpty()) {
      for (String line : place.notes("points")) {
        String[] words = line.split(" ");
        String[] key = words[0].split("/");
        acknowledged.computeIfAbsent(key[1], k -> new HashSet<>()).add(Integer.valueOf(words[1]));
      }
    }
    Set<Integer> flushed = acknowledged.getOrDefault(run.id(), Set.of());
    Set<Long> expected =
        switch (kind) {
          case METRICS -> longs(1, 2000);
          case JAVA -> longs(1, JavaProgram.POINTS);
          case RETRIED -> longs(1, 3);
          case RANKS -> longs(1, 20);
          case CANCEL -> longs(1, flushed.stream().mapToInt(i -> i).max().orElse(0));
          default -> Set.of();
        };
    for (String metric : List.of("loss", "step")) {
      Set<Long> seen = new HashSet<>();
      List<MetricPoint> series = run.metrics().series(metric);
      for (MetricPoint point : series) {
        if (!seen.add(point.step())) {
          faults.add(run.id() + ": point " + point.step() + " of " + metric + " is there twice");
        }
        expect(run.id(), metric, point.step() + (metric.equals("loss") ? 0.5 : 0.0), point.value());
      }
      Set<Long> lost = new HashSet<>(expected);
      lost.removeAll(seen);
      if (!lost.isEmpty()) {
        faults.add(
            run.id()
                + ": "
                + lost.size()
                + " points of "
                + metric
                + " were acknowledged and are lost");
      }
      seen.removeAll(expected);
      if (seen.size()
          > (kind == Kind.CANCEL
              ? 1
              : 0)) { // its last point may have been written and not yet noted
        faults.add(run.id() + ": " + seen.size() + " points of " + metric + " come from nowhere");
      }
    }
    if (kind == Kind.METRICS) {
      expect(run.id(), "latest loss", 2000.5, result.metrics().get("loss"));
    }
  }

  private static Set<Long> longs(long from, long to) {
    Set<Long> longs = new HashSet<>();
    for (long i = from; i <= to; i++) {
      longs.add(i);
    }
    return longs;
  }

  // ---- outputs

  private void outputs(Kind kind, RunResult result) throws IOException {
    if (kind == Kind.OUTPUT) {
      expect(result.id(), "outputs", Set.of("model", "report"), result.outputs().keySet());
      Artifact model = result.output("model");
      expect(
          result.id(),
          "model",
          true,
          lines(1, 1000, "weight").equals(Files.readString(model.path().resolve("weights"))));
      expect(
          result.id(),
          "report",
          result.id() + "\n",
          Files.readString(result.output("report").path()));
    } else {
      expect(result.id(), "outputs", Set.of(), result.outputs().keySet());
    }
  }

  private void expect(String what, String property, Object expected, @Nullable Object actual) {
    if (!expected.equals(actual)) {
      faults.add(what + ": " + property + " is " + actual + ", has to be " + expected);
    }
  }
}
