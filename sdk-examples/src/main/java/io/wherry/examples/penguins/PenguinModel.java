package io.wherry.examples.penguins;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The folder that a training run leaves behind: {@code model.onnx}, and {@code model.json} with the
 * order of the model's inputs and outputs. It needs an ONNX runtime and nothing of Tribuo.
 */
final class PenguinModel implements AutoCloseable {
  private final List<String> labels;
  private final OrtSession session;

  private PenguinModel(List<String> labels, OrtSession session) {
    this.labels = labels;
    this.session = session;
  }

  static void write(PenguinClassifier classifier, Path folder) throws IOException {
    Files.createDirectories(folder);
    classifier.writeOnnx(folder.resolve("model.onnx"));
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(folder.resolve("model.json").toFile(), JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      names(json, "features", Penguin.FEATURES);
      names(json, "labels", classifier.labels());
      json.writeEndObject();
    }
  }

  private static void names(JsonGenerator json, String field, List<String> names)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (String name : names) {
      json.writeString(name);
    }
    json.writeEndArray();
  }

  static PenguinModel open(Path folder) throws IOException, OrtException {
    List<String> labels = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(folder.resolve("model.json").toFile())) {
      boolean inLabels = false;
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          inLabels = json.currentName().equals("labels");
        } else if (inLabels && token == JsonToken.VALUE_STRING) {
          labels.add(json.getText());
        }
      }
    }
    OrtSession session =
        OrtEnvironment.getEnvironment().createSession(folder.resolve("model.onnx").toString());
    return new PenguinModel(labels, session);
  }

  List<String> labels() {
    return List.copyOf(labels);
  }

  /** One row of probabilities a penguin, in the order of {@link #labels()}. */
  List<double[]> probabilities(List<Penguin> penguins) throws OrtException {
    float[][] rows = new float[penguins.size()][];
    for (int i = 0; i < rows.length; i++) {
      double[] features = penguins.get(i).features();
      rows[i] = new float[features.length];
      for (int f = 0; f < features.length; f++) {
        rows[i][f] = (float) features[f];
      }
    }
    try (OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), rows);
        OrtSession.Result result = session.run(Map.of("input", input))) {
      List<double[]> probabilities = new ArrayList<>();
      for (float[] row : (float[][]) result.get(0).getValue()) {
        double[] doubles = new double[row.length];
        for (int i = 0; i < row.length; i++) {
          doubles[i] = row[i];
        }
        probabilities.add(doubles);
      }
      return probabilities;
    }
  }

  Score score(List<Penguin> penguins) throws OrtException {
    return Score.of(labels, penguins, probabilities(penguins));
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
