package io.wherry.examples.penguins;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tribuo.Example;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.datasource.ListDataSource;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.util.onnx.ONNXContext;
import org.tribuo.util.onnx.ONNXNode;
import org.tribuo.util.onnx.ONNXOperators;
import org.tribuo.util.onnx.ONNXPlaceholder;

/** A multinomial logistic regression on standardised measurements, trained by Tribuo. */
final class PenguinClassifier {
  private static final int MINIBATCH = 16;

  private final Scale scale;
  private final LinearSGDModel model;

  private PenguinClassifier(Scale scale, LinearSGDModel model) {
    this.scale = scale;
    this.model = model;
  }

  /** Trains from scratch. The same arguments give the same model, bit for bit. */
  static PenguinClassifier train(
      List<Penguin> penguins, int epochs, double learningRate, long seed) {
    Scale scale = Scale.of(penguins);
    List<Example<Label>> examples = new ArrayList<>();
    penguins.forEach(p -> examples.add(scale.example(p)));
    LabelFactory labels = new LabelFactory();
    MutableDataset<Label> dataset =
        new MutableDataset<>(
            new ListDataSource<>(
                examples,
                labels,
                new SimpleDataSourceProvenance(
                    "Palmer penguins",
                    OffsetDateTime.of(2020, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC),
                    labels)));
    LinearSGDTrainer trainer =
        new LinearSGDTrainer(
            new LogMulticlass(), new AdaGrad(learningRate), epochs, -1, MINIBATCH, seed);
    return new PenguinClassifier(scale, trainer.train(dataset));
  }

  /** The species in the order of {@link #probabilities}. */
  List<String> labels() {
    return IntStream.range(0, model.getOutputIDInfo().size())
        .mapToObj(id -> model.getOutputIDInfo().getOutput(id).getLabel())
        .toList();
  }

  /** One probability a species. */
  double[] probabilities(Penguin penguin) {
    Map<String, Label> scores = model.predict(scale.example(penguin)).getOutputScores();
    return labels().stream()
        .mapToDouble(label -> requireNonNull(scores.get(label)).getScore())
        .toArray();
  }

  Score score(List<Penguin> penguins) {
    return Score.of(labels(), penguins, penguins.stream().map(this::probabilities).toList());
  }

  /**
   * Writes the model so that its input is what a person measures: raw values in the order of {@link
   * Penguin#FEATURES}. Tribuo numbers features by name and knows nothing of our standardisation, so
   * the graph reorders the columns (Gather), standardises them (Sub, Div) and then goes on as
   * Tribuo writes it (Gemm, Softmax). No time or host is written: equal models have equal bytes.
   */
  void writeOnnx(Path file) throws IOException {
    int[] columns =
        IntStream.range(0, Penguin.FEATURES.size())
            .map(id -> Penguin.FEATURES.indexOf(model.getFeatureIDMap().get(id).getName()))
            .toArray();
    ONNXContext onnx = new ONNXContext();
    onnx.setName("penguins");
    ONNXPlaceholder input = onnx.floatInput("input", Penguin.FEATURES.size());
    ONNXPlaceholder output = onnx.floatOutput("probabilities", labels().size());
    ONNXNode ordered =
        input.apply(ONNXOperators.GATHER, onnx.array("tribuo_order", columns), Map.of("axis", 1));
    ONNXNode standardised =
        ordered
            .apply(ONNXOperators.SUB, onnx.array("mean", pick(scale.mean, columns)))
            .apply(ONNXOperators.DIV, onnx.array("deviation", pick(scale.deviation, columns)));
    model.writeONNXGraph(standardised).assignTo(output);
    OnnxMl.ModelProto proto =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(6)
            .setProducerName("Tribuo")
            .setDomain("io.wherry.examples")
            .setModelVersion(1)
            .addOpsetImport(ONNXOperators.getOpsetProto())
            .setGraph(onnx.buildGraph())
            .build();
    try (OutputStream out = Files.newOutputStream(file)) {
      proto.writeTo(out);
    }
  }

  private static float[] pick(double[] values, int[] columns) {
    float[] picked = new float[columns.length];
    for (int i = 0; i < columns.length; i++) {
      picked[i] = (float) values[columns[i]];
    }
    return picked;
  }

  /** Mean and standard deviation of each measurement, learnt from the training rows only. */
  private static final class Scale {
    final double[] mean;
    final double[] deviation;

    private Scale(double[] mean, double[] deviation) {
      this.mean = mean;
      this.deviation = deviation;
    }

    static Scale of(List<Penguin> penguins) {
      int width = Penguin.FEATURES.size();
      double[] mean = new double[width];
      double[] deviation = new double[width];
      for (int f = 0; f < width; f++) {
        int feature = f;
        mean[f] = penguins.stream().mapToDouble(p -> p.features()[feature]).average().orElseThrow();
        double center = mean[f];
        deviation[f] =
            Math.sqrt(
                penguins.stream()
                    .collect(
                        Collectors.averagingDouble(
                            p -> Math.pow(p.features()[feature] - center, 2))));
      }
      return new Scale(mean, deviation);
    }

    Example<Label> example(Penguin penguin) {
      double[] values = penguin.features();
      for (int f = 0; f < values.length; f++) {
        values[f] = (values[f] - mean[f]) / deviation[f];
      }
      return new ArrayExample<>(
          new Label(penguin.species()), Penguin.FEATURES.toArray(String[]::new), values);
    }
  }
}
