package io.wherry.examples.penguins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PenguinModelTest {
  @TempDir Path folder;

  private Penguins.Split split;

  @BeforeEach
  void split() throws Exception {
    TrainPenguins.quietTribuo();
    split = Penguins.read(Penguins.copyInto(folder)).split(TrainPenguins.HELD_OUT, 42);
  }

  @Test
  void three_species_are_told_apart() {
    assertThat(train(30).score(split.heldOut()).accuracy()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void more_epochs_lower_the_loss() {
    assertThat(train(30).score(split.heldOut()).loss())
        .isLessThan(train(1).score(split.heldOut()).loss() / 2);
  }

  @Test
  void the_same_seed_gives_the_same_bytes() throws Exception {
    PenguinModel.write(train(5), folder.resolve("one"));
    PenguinModel.write(train(5), folder.resolve("two"));

    for (String file : new String[] {"model.onnx", "model.json"}) {
      assertThat(folder.resolve("one").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("two").resolve(file));
    }
  }

  @Test
  void the_onnx_file_takes_raw_measurements_in_the_stated_order() throws Exception {
    PenguinClassifier classifier = train(30);
    PenguinModel.write(classifier, folder.resolve("model"));

    try (PenguinModel model = PenguinModel.open(folder.resolve("model"))) {
      assertThat(model.labels()).isEqualTo(classifier.labels());
      for (int i = 0; i < split.heldOut().size(); i++) {
        assertThat(model.probabilities(split.heldOut()).get(i))
            .containsExactly(
                classifier.probabilities(split.heldOut().get(i)),
                within(TrainPenguins.MAX_DIFFERENCE));
      }
    }
  }

  @Test
  void a_file_scores_as_the_classifier_does() throws Exception {
    PenguinClassifier classifier = train(30);
    PenguinModel.write(classifier, folder.resolve("model"));

    try (PenguinModel model = PenguinModel.open(folder.resolve("model"))) {
      Score expected = classifier.score(split.heldOut());
      Score actual = model.score(split.heldOut());
      assertThat(actual.accuracy()).isEqualTo(expected.accuracy());
      assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5));
    }
  }

  private PenguinClassifier train(int epochs) {
    return PenguinClassifier.train(split.train(), epochs, 0.1, 42);
  }
}
