package io.wherry.examples.penguins;

import ai.onnxruntime.OrtException;
import io.wherry.Artifact;
import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.MetricPoint;
import io.wherry.spec.Outcome;
import io.wherry.spec.WherryException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The main job from spec to metrics, on the target that is named. Prints what came of it and checks
 * each claim against what is really there; ends with exit code 0 only if all of them hold.
 */
public final class PenguinsDemo {
  private static final int EPOCHS = 30;
  private static final long SEED = 42;
  private static final double GOOD_ENOUGH = 0.95;

  private final PrintStream out;
  private final List<String> broken = new ArrayList<>();

  private PenguinsDemo(PrintStream out) {
    this.out = out;
  }

  /** Arguments: the target ({@code local} if not said) and the folder to work in. */
  public static void main(String[] args) throws IOException, OrtException {
    String target = args.length > 0 ? args[0] : "local";
    Path folder = Path.of(args.length > 1 ? args[1] : "target");
    boolean allTrue = false;
    try {
      allTrue = run(System.out, target, folder);
    } catch (WherryException e) {
      System.out.println(e.getMessage());
    }
    System.exit(allTrue ? 0 : 1);
  }

  /** Says whether everything that it printed is true. */
  static boolean run(PrintStream out, String target, Path folder) throws IOException, OrtException {
    return new PenguinsDemo(out).run(target, folder);
  }

  private boolean run(String target, Path folder) throws IOException, OrtException {
    Path data = Penguins.copyInto(folder.resolve("demo-data"));
    Path workspace = folder.resolve("demo-workspace");
    RunResult seen;
    try (Workspace ws = Workspace.open(workspace)) {
      seen =
          ws.run("penguins")
              .on(target)
              .main(TrainPenguins.class)
              .param("epochs", EPOCHS)
              .param("learning-rate", 0.1)
              .param("seed", SEED)
              .input("data", data)
              .output("model")
              .tag("example", "penguins")
              .submit()
              .follow(out);
    }
    out.println();
    report("verdict", seen.toString(), seen.outcome() == Outcome.SUCCEEDED);
    seen.lastLines().forEach(line -> out.println("  | " + line));
    // What follows comes out of the store, as another JVM would find it tomorrow.
    try (Workspace ws = Workspace.open(workspace)) {
      List<Run> found = ws.runs().search("tags.example = 'penguins'").limit(1).list();
      boolean same = found.size() == 1 && found.get(0).id().equals(seen.id());
      report("found again", "by its tag, as the newest of its kind", same);
      if (same && seen.outcome() == Outcome.SUCCEEDED) {
        judge(ws, found.get(0), Penguins.read(data));
      }
    }
    out.println(
        broken.isEmpty()
            ? "Everything above was checked and holds."
            : "NOT TRUE: " + String.join(", ", broken));
    return broken.isEmpty();
  }

  private void judge(Workspace ws, Run run, Penguins penguins) throws IOException, OrtException {
    List<Penguin> heldOut = penguins.split(TrainPenguins.HELD_OUT, SEED).heldOut();
    double accuracy = run.metrics().get("test.accuracy");
    report(
        "accuracy",
        "%.4f on %d held-out penguins (%d rows, %d dropped for missing measurements)"
            .formatted(accuracy, heldOut.size(), penguins.rows(), penguins.dropped()),
        accuracy >= GOOD_ENOUGH);
    for (String name : List.of("loss", "accuracy")) {
      List<MetricPoint> series = run.metrics().series(name);
      report(name + " series", describe(series), hasEachEpochOnce(series));
    }
    Artifact model = run.await().output("model");
    report("model", model.path().toString(), Files.exists(model.path().resolve("model.onnx")));
    report(
        "digest",
        model.digest() + ", " + model.size() + " bytes",
        model.digest().equals(ws.data().register("penguins-model", model.path()).digest()));
    try (PenguinModel scorer = PenguinModel.open(model.path())) {
      Score score = scorer.score(heldOut);
      report(
          "ONNX Runtime",
          "scores it at %.4f, loss %.4f".formatted(score.accuracy(), score.loss()),
          score.accuracy() == accuracy
              && Math.abs(score.loss() - run.metrics().get("test.loss"))
                  < TrainPenguins.MAX_DIFFERENCE);
    }
  }

  private void report(String what, String text, boolean holds) {
    out.printf("%-16s %s%s%n", what, text, holds ? "" : "   <- NOT TRUE");
    if (!holds) {
      broken.add(what);
    }
  }

  private static boolean hasEachEpochOnce(List<MetricPoint> series) {
    return series.stream()
        .map(MetricPoint::step)
        .toList()
        .equals(LongStream.rangeClosed(1, EPOCHS).boxed().toList());
  }

  private static String describe(List<MetricPoint> series) {
    if (series.isEmpty()) {
      return "no points";
    }
    double[] values = series.stream().mapToDouble(MetricPoint::value).toArray();
    return "%d points, first %.4f, last %.4f  %s"
        .formatted(values.length, values[0], values[values.length - 1], sparkline(values));
  }

  /** One character a value, from the lowest to the highest. */
  static String sparkline(double[] values) {
    String levels = "▁▂▃▄▅▆▇█";
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    StringBuilder line = new StringBuilder();
    for (double value : values) {
      double height = high > low ? (value - low) / (high - low) : 0;
      line.append(levels.charAt((int) Math.round(height * (levels.length() - 1))));
    }
    return line.toString();
  }
}
