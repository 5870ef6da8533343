package io.wherry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wherry.runtime.protocol.RecordedEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunContextTest {

  @TempDir Path folder;

  @Test
  void outside_a_run_there_is_one_rank_of_the_first_attempt() {
    RunContext run = outside(Map.of("RANK", "3", "WORLD_SIZE", "8", "MASTER_ADDR", "n1"));
    assertThat(run.insideRun()).isFalse();
    assertThat(run.runId()).isEmpty();
    assertThat(run.attempt()).isEqualTo(1);
    assertThat(run.rank()).isZero();
    assertThat(run.worldSize()).isEqualTo(1);
    assertThat(run.localRank()).isZero();
    assertThat(run.nodeRank()).isZero();
    assertThat(run.masterAddress()).isEmpty();
    assertThat(run.masterPort()).isEmpty();
    assertThat(run.stopping()).isFalse();
    assertThat(run).hasToString("outside a run");
  }

  @Test
  void outside_a_run_files_lie_under_wherry_out_and_inputs_are_the_fallback() throws IOException {
    RunContext run = outside(Map.of());
    Path output = run.output("model");
    assertThat(output).isEqualTo(folder.resolve("wherry-out/model")).doesNotExist();
    Files.writeString(output, "bytes");
    assertThat(run.checkpoints()).isEqualTo(folder.resolve("wherry-out/checkpoints")).isDirectory();
    assertThat(run.input("data", Path.of("x.csv"))).isEqualTo(Path.of("x.csv"));
    assertThatIllegalStateException()
        .isThrownBy(() -> run.input("data"))
        .withMessageContaining("input(\"data\", fallback)");
  }

  @Test
  void outside_a_run_reporting_goes_to_the_log_and_bad_names_are_refused_all_the_same() {
    RunContext run = outside(Map.of());
    run.metric("loss", Double.NaN, 3);
    run.recordParam("trees", 200);
    run.tag("team", "birds");
    run.progress(1, 0, "first");
    run.onPreemption(grace -> {});
    run.flush();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.metric("", 1))
        .withMessage("The name \"\" is empty. Choose another name.");
  }

  @Test
  void inside_a_run_everything_comes_from_the_environment() throws IOException {
    RunContext run =
        inside(
            Map.of(
                "WHERRY_ATTEMPT", "2",
                "RANK", "3",
                "WORLD_SIZE", "8",
                "LOCAL_RANK", "1",
                "NODE_RANK", "2",
                "MASTER_ADDR", "n1",
                "MASTER_PORT", "29500",
                "WHERRY_INPUT_MY_DATA", "/data",
                "WHERRY_OUTPUT_MODEL", folder.resolve("deep/model").toString(),
                "WHERRY_CHECKPOINT", folder.resolve("kept").toString()));
    assertThat(run.insideRun()).isTrue();
    assertThat(run.runId()).isEqualTo("r-1");
    assertThat(run.attempt()).isEqualTo(2);
    assertThat(run.rank()).isEqualTo(3);
    assertThat(run.worldSize()).isEqualTo(8);
    assertThat(run.localRank()).isEqualTo(1);
    assertThat(run.nodeRank()).isEqualTo(2);
    assertThat(run.masterAddress()).contains("n1");
    assertThat(run.masterPort()).hasValue(29500);
    assertThat(run.input("my-data")).isEqualTo(Path.of("/data"));
    assertThat(run.input("my-data", Path.of("x"))).isEqualTo(Path.of("/data"));
    assertThat(run.output("model")).isEqualTo(folder.resolve("deep/model")).doesNotExist();
    assertThat(folder.resolve("deep")).isDirectory();
    assertThat(run.checkpoints()).isEqualTo(folder.resolve("kept")).isDirectory();
    assertThat(run).hasToString("run r-1, attempt 2, rank 3 of 8");
  }

  @Test
  void inside_a_run_what_was_not_declared_is_an_error_that_names_what_there_is() {
    RunContext run = inside(Map.of("WHERRY_INPUT_A", "/a", "WHERRY_INPUT_B", "/b"));
    assertThatIllegalStateException()
        .isThrownBy(() -> run.input("data", Path.of("fallback")))
        .withMessage(
            "The run has no input \"data\"; set are: WHERRY_INPUT_A, WHERRY_INPUT_B."
                + " Add .input(\"data\", …) to the run.");
    assertThatIllegalStateException()
        .isThrownBy(() -> run.output("model"))
        .withMessage(
            "The run has no output \"model\"; set are: none. Add .output(\"model\") to the run.");
    assertThatIllegalStateException()
        .isThrownBy(run::checkpoints)
        .withMessageContaining("CHECKPOINT");
  }

  @Test
  void params_have_the_type_of_their_fallback() {
    RunContext run =
        inside(
            Map.of(
                "WHERRY_PARAM_TREES", "300",
                "WHERRY_PARAM_SEED", "5000000000",
                "WHERRY_PARAM_LEARNING_RATE", "1e-3",
                "WHERRY_PARAM_SHUFFLE", "True",
                "WHERRY_PARAM_NAME", "x"));
    assertThat(run.param("trees", 200)).isEqualTo(300);
    assertThat(run.param("seed", 1L)).isEqualTo(5_000_000_000L);
    assertThat(run.param("learning.rate", 0.1)).isEqualTo(0.001);
    assertThat(run.param("shuffle", false)).isTrue();
    assertThat(run.param("name", "y")).isEqualTo("x");
    assertThat(run.param("absent", 7)).isEqualTo(7);
    assertThat(run.param("absent", "z")).isEqualTo("z");
  }

  @Test
  void a_param_of_the_wrong_type_is_an_error_that_names_it() {
    RunContext run = inside(Map.of("WHERRY_PARAM_TREES", "many"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.param("trees", 200))
        .withMessage(
            "The parameter \"trees\" is \"many\", which is not of the type int."
                + " Give the run another value, for example 200.");
    assertThatIllegalArgumentException().isThrownBy(() -> run.param("trees", 1L));
    assertThatIllegalArgumentException().isThrownBy(() -> run.param("trees", 1.0));
    assertThatIllegalArgumentException().isThrownBy(() -> run.param("trees", true));
  }

  @Test
  void a_broken_environment_is_an_error_that_names_the_variable() {
    assertThatIllegalStateException()
        .isThrownBy(() -> inside(Map.of("RANK", "first")))
        .withMessageContaining("RANK is \"first\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "../a", "a\\b", "a\nb"})
  void names_that_leave_the_folder_are_refused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> outside(Map.of()).output(name));
    assertThatIllegalArgumentException().isThrownBy(() -> outside(Map.of()).input(name));
  }

  @Test
  void what_is_reported_inside_a_run_is_in_the_file_after_a_flush() throws IOException {
    RunContext run = inside(Map.of());
    run.metric("accuracy", 0.9);
    run.metric("loss", 0.5, 3);
    run.recordParam("trees", 200);
    run.tag("team", "birds");
    run.progress(3, 10, "epoch\n3");
    run.progress(4, 10);
    run.flush();
    assertThat(
            RecordedEvents.of(folder.resolve("events")).events.stream()
                .map(e -> e.replaceAll(":\\d{13}$", "")))
        .containsExactly(
            "metric accuracy=0.9 @0",
            "metric loss=0.5 @3",
            "param trees=200",
            "tag team=birds",
            "progress 3/10 epoch 3",
            "progress 4/10 ");
  }

  @Test
  void values_that_no_record_can_hold_are_refused() {
    RunContext run = inside(Map.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run.tag("log", "x".repeat(1 << 20)))
        .withMessageEndingWith("Write it to an output instead.");
    assertThatIllegalArgumentException().isThrownBy(() -> run.progress(-1, 3));
  }

  private RunContext outside(Map<String, String> env) {
    return RunContext.of(env, folder);
  }

  private RunContext inside(Map<String, String> env) {
    Map<String, String> all = new HashMap<>(env);
    all.put("WHERRY_RUN_ID", "r-1");
    all.put("WHERRY_EVENTS", folder.resolve("events").toString());
    return RunContext.of(all, folder);
  }
}
