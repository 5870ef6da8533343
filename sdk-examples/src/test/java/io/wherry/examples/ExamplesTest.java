package io.wherry.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every example for real on the local target. */
class ExamplesTest {
  @TempDir Path folder;

  @Test
  void hello_prints_its_result() throws IOException {
    assertThat(output(Hello::main))
        .singleElement()
        .asString()
        .startsWith("hello-1 SUCCEEDED on local")
        .endsWith("exit code 0");
  }

  @Test
  void follow_shows_lines_and_the_verdict() throws IOException {
    assertThat(output(Follow::main))
        .anyMatch(line -> line.contains("T minus 4"))
        .anyMatch(line -> line.contains("T minus 0"))
        .anyMatch(line -> line.contains("SUCCEEDED"))
        .contains("{left=0.0}");
  }

  @Test
  void retries_goes_on_where_it_stopped() throws IOException {
    List<String> lines = output(Retries::main);

    assertThat(lines).hasSize(4);
    assertThat(lines.get(3)).startsWith("patient-1 SUCCEEDED");
  }

  @Test
  void ranks_each_sum_their_share() throws IOException {
    assertThat(output(Ranks::main))
        .contains(
            "rank 0: sum 15150 of share 0/3",
            "rank 1: sum 14950 of share 1/3",
            "rank 2: sum 15050 of share 2/3");
  }

  @Test
  void shell_metrics_arrive() throws IOException {
    assertThat(output(ShellMetrics::main))
        .contains("step 1: loss 0.8", "step 2: loss 0.7", "step 3: loss 0.6", "step 4: loss 0.5")
        .anyMatch(line -> line.startsWith("output greeting, shell-1 SUCCEEDED"));
  }

  @Test
  void search_finds_the_good_ones_best_first() throws IOException {
    assertThat(output(Search::main))
        .containsExactly("candidate-3 accuracy 0.97", "candidate-1 accuracy 0.91");
  }

  private interface Main {
    void run(String[] args) throws IOException;
  }

  private List<String> output(Main example) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      example.run(new String[] {"local", folder.toString()});
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
