package io.wherry.internal.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Secret;
import io.wherry.spec.Violation;
import io.wherry.spi.Capabilities;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecCheckTest {
  private static final Capabilities SMALL =
      new Capabilities(
          Set.of(Feature.SPLIT_STREAMS),
          List.of(new NodeSize("this-machine", 2, 8L << 30, 0, 1)),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Map.of("gpu", "nvidia-smi is not installed"));

  private static RunSpec spec(
      String name,
      Set<String> outputs,
      Map<String, Secret> secrets,
      Resources resources,
      int nodes,
      int processes,
      Duration limit) {
    return new RunSpec(
        name,
        "local",
        new Program.Command(List.of("true")),
        null,
        Map.of(),
        Map.of(),
        outputs,
        Map.of(),
        secrets,
        resources,
        nodes,
        processes,
        limit,
        null,
        Duration.ofSeconds(10),
        0,
        RetryPolicy.NONE,
        Map.of(),
        null,
        Map.of());
  }

  private static RunSpec named(String name) {
    return spec(name, Set.of(), Map.of(), Resources.DEFAULT, 1, 1, null);
  }

  private static List<String> paths(List<Violation> violations) {
    return violations.stream().map(Violation::path).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "hello", "a-b_c.d", "x1"})
  void plain_names_pass(String name) {
    assertThat(SpecCheck.violations(named(name))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "-a", "a-", "a b", "é", "a\nb"})
  void names_that_could_be_paths_or_break_a_terminal_are_refused(String name) {
    assertThat(SpecCheck.violations(named(name)))
        .singleElement()
        .satisfies(
            v -> {
              assertThat(v.path()).isEqualTo("name");
              assertThat(v.value()).doesNotContain("\n");
              assertThat(v.nextStep()).isNotEmpty();
            });
  }

  @Test
  void an_output_name_cannot_climb_out_of_its_folder() {
    RunSpec spec = spec("a", Set.of("../../etc"), Map.of(), Resources.DEFAULT, 1, 1, null);
    assertThat(paths(SpecCheck.violations(spec))).containsExactly("output.../../etc");
  }

  @Test
  void names_that_give_the_same_variable_are_refused() {
    RunSpec spec =
        spec("a", Set.of("val-loss", "val_loss"), Map.of(), Resources.DEFAULT, 1, 1, null);
    assertThat(SpecCheck.violations(spec))
        .singleElement()
        .satisfies(v -> assertThat(v.rule()).contains("same environment variable"));
  }

  @Test
  void everything_that_is_wrong_is_said_at_once() {
    RunSpec spec =
        spec(
            "a/b",
            Set.of(),
            Map.of("WHERRY_X", Secret.env("X")),
            new Resources(0, -1, 0, 3),
            0,
            2,
            Duration.ZERO);
    assertThat(paths(SpecCheck.violations(spec)))
        .containsExactly(
            "name",
            "secret.WHERRY_X",
            "resources.cpus",
            "resources.memory",
            "nodes",
            "resources.gpus",
            "timeLimit");
  }

  @Test
  void what_a_target_cannot_do_is_said_at_once_with_the_fact_behind_it() {
    RunSpec spec =
        spec(
            "a",
            Set.of(),
            Map.of("KEY", Secret.env("X")),
            new Resources(64, 1L << 40, 1, 1),
            2,
            4,
            Duration.ofHours(1));
    List<Violation> violations = CapabilityCheck.violations(spec, SMALL);
    assertThat(paths(violations))
        .containsExactly(
            "nodes",
            "processesPerNode",
            "timeLimit",
            "resources.memoryLimit",
            "resources.gpus",
            "secret",
            "resources.cpus",
            "resources.memory");
    assertThat(violations.get(4).rule()).contains("nvidia-smi is not installed");
    assertThat(violations.get(6).rule()).isEqualTo("the largest node has 2 CPUs");
  }

  @Test
  void a_target_that_does_not_know_its_nodes_lets_the_engine_decide() {
    Capabilities open =
        new Capabilities(Set.of(), List.of(), Duration.ZERO, Duration.ZERO, Map.of());
    RunSpec big = spec("a", Set.of(), Map.of(), new Resources(999, 0, 0, 0), 1, 1, null);
    assertThat(CapabilityCheck.violations(big, open)).isEmpty();
  }
}
