package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.wherry.Run;
import io.wherry.RunDraft;
import io.wherry.RunResult;
import io.wherry.event.RunEvent;
import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spec.Outcome;
import io.wherry.spec.SpecException;
import io.wherry.spec.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What users get wrong: told before anything is written, all at once, with the next step. */
final class BadInputTest extends WorkspaceTest {
  /** A class without a main method. */
  static final class NoMain {}

  private boolean refusedOnly = true;

  private List<Violation> refused(RunDraft draft) {
    SpecException e = catchThrowableOfType(SpecException.class, draft::submit);
    assertThat(e).as("it has to be refused").isNotNull();
    assertThat(e).hasMessageContaining("was refused").hasMessageContaining(" -> ");
    assertThat(e.violations()).allSatisfy(v -> assertThat(v.nextStep()).isNotBlank());
    return e.violations();
  }

  @AfterEach
  void nothing_half_written() {
    if (refusedOnly) {
      assertThat(ws.runs().list(10)).isEmpty();
      assertThat(home.resolve("runs")).doesNotExist();
    }
  }

  @Test
  void everything_is_told_at_once() {
    List<Violation> violations =
        refused(
            ws.run("bad name!")
                .source(temp.resolve("nowhere"))
                .input("data", temp.resolve("no.csv"))
                .input("named", "nothing:3")
                .output("../../etc/passwd")
                .resources(r -> r.cpus(0).gpus(-1).memory("900TiB"))
                .nodes(3)
                .processesPerNode(0)
                .timeLimit(Duration.ZERO)
                .startTimeout(Duration.ofSeconds(-1))
                .grace(Duration.ofSeconds(-1))
                .retry(r -> r.attempts(0))
                .env("A B", "x")
                .env("WHERRY_RUN_ID", "x"));

    assertThat(violations)
        .extracting(Violation::path)
        .contains(
            "name",
            "command",
            "source",
            "input.data",
            "input.named",
            "output.../../etc/passwd",
            "resources.cpus",
            "resources.gpus",
            "resources.memory",
            "nodes",
            "processesPerNode",
            "timeLimit",
            "startTimeout",
            "grace",
            "retry.attempts",
            "env.A B",
            "env.WHERRY_RUN_ID");
    assertThat(violations).doesNotHaveDuplicates();
  }

  @Test
  void an_unknown_target_is_refused_with_those_that_there_are() {
    List<Violation> violations = refused(ws.run("x").on("hpc").command("true"));

    assertThat(violations)
        .singleElement()
        .satisfies(v -> assertThat(v.toString()).contains("target = hpc", "[local]"));
  }

  @Test
  void a_capability_that_the_target_lacks_is_refused() {
    assertThat(refused(ws.run("x").command("true").nodes(2)))
        .extracting(Violation::path)
        .contains("nodes");
    boolean gpu =
        ws.compute().get("local").capabilities().orElseThrow().features().contains(Feature.GPU);
    if (!gpu) {
      assertThat(refused(ws.run("x").command("true").resources(r -> r.gpus(1))))
          .extracting(Violation::path)
          .contains("resources.gpus");
    }
  }

  @Test
  void resources_that_no_node_has_are_refused_with_the_most_that_there_is() {
    assertThat(refused(ws.run("x").command("true").resources(r -> r.cpus(500).memory("900TiB"))))
        .extracting(Violation::path)
        .containsExactly("resources.cpus", "resources.memory");
  }

  @Test
  void a_missing_source_folder_is_refused() throws IOException {
    assertThat(refused(ws.run("x").command("true").source(temp.resolve("nowhere"))))
        .singleElement()
        .satisfies(
            v -> assertThat(v.toString()).contains("source", "does not exist", temp.toString()));
    assertThat(refused(ws.run("x").command("true").source(file("afile", ""))).get(0).rule())
        .contains("not a folder");
  }

  @Test
  void unreadable_files_in_a_source_are_all_named() throws IOException {
    assumeFalse("root".equals(System.getProperty("user.name")), "root can read everything");
    Path source = file("source/one", "1").getParent();
    Files.setPosixFilePermissions(
        source.resolve("one"), PosixFilePermissions.fromString("---------"));
    Files.setPosixFilePermissions(
        file("source/two", "2"), PosixFilePermissions.fromString("---------"));

    assertThat(refused(ws.run("x").command("true").source(source)).toString())
        .contains("one", "two");
  }

  @Test
  void a_pipe_in_a_source_is_refused() throws Exception {
    Path source = file("source/one", "1").getParent();
    assertThat(new ProcessBuilder("mkfifo", source.resolve("pipe").toString()).start().waitFor())
        .isZero();

    assertThat(refused(ws.run("x").command("true").source(source)).toString()).contains("pipe");
  }

  @Test
  void an_input_that_does_not_exist_is_refused() {
    assertThat(refused(ws.run("x").command("true").input("data", temp.resolve("no.csv"))))
        .singleElement()
        .satisfies(
            v -> assertThat(v.toString()).contains("input.data", "does not exist", "no.csv"));
  }

  @Test
  void names_that_would_leave_the_run_folder_are_refused() {
    for (String name :
        List.of("../up", "/etc/passwd", "a/b", ".", "..", "", "a\0b", "line\nbreak")) {
      assertThat(refused(ws.run("x").command("true").output(name)))
          .as("output %s", name)
          .isNotEmpty();
      assertThat(refused(ws.run("x").command("true").input(name, temp)))
          .as("input %s", name)
          .isNotEmpty();
    }
    assertThat(refused(ws.run("../up").command("true"))).isNotEmpty();
  }

  @Test
  void time_limits_have_to_be_longer_than_zero() {
    assertThat(refused(ws.run("x").command("true").timeLimit(Duration.ZERO)).get(0).path())
        .isEqualTo("timeLimit");
    assertThat(refused(ws.run("x").command("true").timeLimit(Duration.ofSeconds(-5))).get(0).path())
        .isEqualTo("timeLimit");
  }

  @Test
  void a_class_without_main_is_refused() {
    assertThat(refused(ws.run("x").main(NoMain.class)).toString()).contains("NoMain", "main");
  }

  @Test
  void a_jar_that_is_none_is_refused() throws IOException {
    assertThat(refused(ws.run("x").jar(temp.resolve("no.jar"))).toString())
        .contains("no.jar", "does not exist");
    assertThat(refused(ws.run("x").jar(file("fake.jar", "no zip"))).toString())
        .contains("fake.jar");
  }

  @Test
  void a_command_that_is_not_there_never_starts() {
    refusedOnly = false;
    RunResult result = await(ws.run("lost").command("no-such-command-anywhere", "x").submit());

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.cause()).isEqualTo(Cause.NOT_STARTED);
    assertThat(result.reason()).contains("command not found", "no-such-command-anywhere", "PATH");
    assertThat(await(ws.run("next").command("true").submit()).outcome())
        .isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void a_command_of_the_source_that_is_not_there_fails_with_the_code_of_the_shell()
      throws IOException {
    refusedOnly = false;
    RunResult result =
        await(
            ws.run("lost").source(file("source/a", "").getParent()).command("./missing").submit());

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.toString()).contains("not found");
  }

  @Test
  void odd_metrics_have_a_defined_result() {
    refusedOnly = false;
    Run run =
        sh(
                "odd",
                "printf 'metric @1 nan=nan @1 up=inf @1 down=-Infinity @1 good=1\\n"
                    + "metric @2 ba\\001d=1 good=2\\n"
                    + "metric good=\\n"
                    + "what is this\\n"
                    + "metric @3 good=3\\n"
                    + "' >>$WHERRY_EVENTS")
            .submit();
    RunResult result = await(run);

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(result.metrics())
        .containsEntry("nan", Double.NaN)
        .containsEntry("up", Double.POSITIVE_INFINITY)
        .containsEntry("down", Double.NEGATIVE_INFINITY)
        .containsEntry("good", 3.0)
        .hasSize(4);
    assertThat(run.metrics().series("good"))
        .extracting(p -> p.value())
        .containsExactly(1.0, 2.0, 3.0);
    assertThat(run.timeline()).filteredOn(RunEvent.Noted.class::isInstance).hasSize(3);
  }
}
