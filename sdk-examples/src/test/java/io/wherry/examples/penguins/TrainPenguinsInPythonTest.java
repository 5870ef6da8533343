package io.wherry.examples.penguins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainPenguinsInPythonTest {
  @TempDir Path folder;

  @Test
  void a_script_trains_as_the_class_does() throws Exception {
    String text = output();

    assumeFalse(text.contains("skipped: "), text);
    assertThat(text)
        .contains("344 rows, 2 dropped for missing measurements; 256 to learn from, 86 held out")
        .contains("penguins-python-1 SUCCEEDED on local")
        .containsPattern("accuracy (1\\.0|0\\.9[5-9])\\d+, model in ");
  }

  private String output() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      TrainPenguinsInPython.main(new String[] {"local", folder.resolve("ws").toString()});
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
