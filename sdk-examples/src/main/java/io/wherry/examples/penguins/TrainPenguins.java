package io.wherry.examples.penguins;

import ai.onnxruntime.OrtException;
import io.wherry.runtime.RunContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program of the run: learns to tell three species apart by four measurements.
 *
 * <p>Parameters {@code epochs}, {@code learning-rate}, {@code seed}; input {@code data}; output
 * {@code model}. Also runs outside a run, by itself.
 */
public final class TrainPenguins {
  /** The share of rows that the model never learns from. */
  static final double HELD_OUT = 0.25;

  /** ONNX computes in 32 bits where Tribuo computes in 64. */
  static final double MAX_DIFFERENCE = 1e-4;

  // Held here because loggers that nobody holds forget their level.
  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

  private TrainPenguins() {}

  /** Trains, measures, exports and checks what it exported. */
  public static void main(String[] args) throws IOException, OrtException {
    quietTribuo();
    RunContext run = RunContext.current();
    int epochs = run.param("epochs", 30);
    double learningRate = run.param("learning-rate", 0.1);
    long seed = run.param("seed", 42L);
    Path data =
        run.insideRun() ? run.input("data") : Penguins.copyInto(Path.of("wherry-out", "data"));

    Penguins penguins = Penguins.read(data);
    Penguins.Split split = penguins.split(HELD_OUT, seed);
    System.out.printf(
        "%d rows, %d dropped for missing measurements; %d to learn from, %d held out%n",
        penguins.rows(), penguins.dropped(), split.train().size(), split.heldOut().size());

    // Tribuo calls nobody back between epochs. But the same seed makes every shorter training a
    // prefix of the longer one, so training anew with one more epoch shows the very same path.
    PenguinClassifier classifier = null;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      classifier = PenguinClassifier.train(split.train(), epoch, learningRate, seed);
      Score score = classifier.score(split.heldOut());
      run.metric("loss", score.loss(), epoch);
      run.metric("accuracy", score.accuracy(), epoch);
      run.progress(epoch, epochs, "epoch " + epoch);
    }
    if (classifier == null) {
      throw new IllegalArgumentException("epochs = " + epochs + ": at least 1 is needed");
    }

    Path folder = run.output("model");
    PenguinModel.write(classifier, folder);
    double difference = verify(classifier, folder, split.heldOut());
    Score result = classifier.score(split.heldOut());
    run.metric("onnx.difference", difference);
    run.metric("test.loss", result.loss());
    run.metric("test.accuracy", result.accuracy());
    System.out.printf(
        "accuracy %.4f on %d held-out rows; the ONNX file differs by at most %.1e%n",
        result.accuracy(), split.heldOut().size(), difference);
  }

  /** Tribuo logs every training, and here is one for each epoch. */
  static void quietTribuo() {
    TRIBUO.setLevel(Level.WARNING);
  }

  /** Scores the exported file with another engine and says how far it is off at most. */
  private static double verify(PenguinClassifier classifier, Path folder, List<Penguin> heldOut)
      throws IOException, OrtException {
    double difference = 0;
    try (PenguinModel exported = PenguinModel.open(folder)) {
      List<double[]> probabilities = exported.probabilities(heldOut);
      for (int i = 0; i < heldOut.size(); i++) {
        double[] expected = classifier.probabilities(heldOut.get(i));
        for (int label = 0; label < expected.length; label++) {
          difference =
              Math.max(difference, Math.abs(expected[label] - probabilities.get(i)[label]));
        }
      }
    }
    if (!(difference <= MAX_DIFFERENCE)) {
      throw new IllegalStateException(
          "The ONNX file differs from the trained model by " + difference);
    }
    return difference;
  }
}
