package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.Attempt;
import io.wherry.LogLine;
import io.wherry.Run;
import io.wherry.RunFailedException;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.event.RunEvent;
import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FirstRunTest extends WorkspaceTest {
  @Test
  void a_program_that_prints_hello_succeeds() {
    RunResult result = await(ws.run("hello").command("echo", "hello").submit());

    assertThat(result.toString()).matches("hello-1 SUCCEEDED on local in [0-9.]+ s, exit code 0");
    assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(result.orThrow()).isSameAs(result);
    Run run = ws.runs().get("hello-1");
    assertThat(run.logs().text()).isEqualTo("hello\n");
    assertThat(run.logs().lines()).extracting(LogLine::text).containsExactly("hello");
    assertThat(run.attempts())
        .singleElement()
        .extracting(Attempt::state)
        .isEqualTo(RunState.SUCCEEDED);
  }

  @Test
  void a_failure_is_a_value_that_says_why() {
    RunResult result = await(sh("bad", "echo all is well; echo no such luck >&2; exit 3").submit());

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.cause()).isEqualTo(Cause.EXITED);
    assertThat(result.exitCode()).hasValue(3);
    assertThat(result.lastLines()).containsExactly("all is well", "no such luck");
    assertThatThrownBy(result::orThrow)
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining("bad-1")
        .hasMessageContaining("no such luck");
  }

  @Test
  void the_program_sees_its_run() throws IOException {
    Path input = file("numbers.csv", "1,2\n");
    Path source = file("source/tool.sh", "cat \"$WHERRY_INPUT_DATA\"\n").getParent();
    String script =
        "sh tool.sh; echo $WHERRY_RUN_ID $WHERRY_ATTEMPT $WHERRY_PARAM_LEARNING_RATE $COLOUR"
            + " $RANK/$WORLD_SIZE $1; test -d $WHERRY_CHECKPOINT";
    RunResult result =
        await(
            ws.run("sees")
                .source(source)
                .command("sh", "-c", script, "sh", "{learning-rate}")
                .param("learning-rate", 0.5)
                .env("COLOUR", "a 'red' \"$x\"")
                .input("data", input)
                .submit());

    assertThat(result.outcome()).as(result::toString).isEqualTo(Outcome.SUCCEEDED);
    assertThat(ws.runs().get("sees-1").logs().out().text())
        .isEqualTo("1,2\nsees-1 1 0.5 a 'red' \"$x\" 0/1 0.5\n");
  }

  @Test
  void metrics_params_tags_and_progress_arrive() {
    String script =
        "printf 'metric @1 loss=0.5 @2 loss=0.25\\n"
            + "metric acc=0.9\\n"
            + "param depth=3\\n"
            + "tag stage=late\\n"
            + "progress 2/4 half\\n"
            + "' >>$WHERRY_EVENTS";
    Run run = sh("measured", script).tag("stage", "early").param("width", 8).submit();
    RunResult result = await(run);

    assertThat(result.metrics()).isEqualTo(Map.of("loss", 0.25, "acc", 0.9));
    assertThat(run.metrics().series("loss"))
        .extracting(p -> p.step() + "=" + p.value())
        .containsExactly("1=0.5", "2=0.25");
    assertThat(run.params()).isEqualTo(Map.of("width", "8", "depth", "3"));
    assertThat(run.tags()).isEqualTo(Map.of("stage", "late"));
    assertThat(run.progress().orElseThrow().done()).isEqualTo(2);
  }

  @Test
  void ranks_run_together_and_keep_their_logs_apart() {
    Run run = sh("ranks", "echo rank $RANK of $WORLD_SIZE").processesPerNode(3).submit();

    assertThat(await(run).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.logs().rank(2).text()).isEqualTo("rank 2 of 3\n");
    assertThat(run.logs().lines()).extracting(LogLine::rank).containsExactly(0, 1, 2);
  }

  @Test
  void one_failed_rank_ends_the_others() {
    Run run = sh("ranks", "[ $RANK = 1 ] && exit 4; sleep 60").processesPerNode(3).submit();
    RunResult result = await(run);

    assertThat(result.exitCode()).hasValue(4);
    assertThat(result.attempts().get(0).rank()).isEqualTo(1);
    assertThat(result.duration()).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void following_shows_lines_and_the_verdict() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    RunResult result = sh("seen", "echo one; sleep 0.2; echo two; exit 2").submit().follow(out);

    assertThat(result.exitCode()).hasValue(2);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .containsSubsequence("one", "two", "FAILED", "exit code 2");
  }

  @Test
  void following_lines_ends_with_the_run_and_gives_each_line_once() {
    Run run =
        sh("lines", "for i in 1 2 3 4 5; do echo line $i; sleep 0.05; done; printf rest").submit();
    List<String> seen = new ArrayList<>();
    run.logs().follow(line -> seen.add(line.text()));

    assertThat(seen).containsExactly("line 1", "line 2", "line 3", "line 4", "line 5", "rest");
    assertThat(await(run).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void the_timeline_goes_forward_only() {
    Run run = sh("timed", "sleep 0.3").submit();
    await(run);

    assertThat(run.timeline())
        .filteredOn(RunEvent.StateChanged.class::isInstance)
        .extracting(e -> ((RunEvent.StateChanged) e).to())
        .containsExactly(
            RunState.CREATED,
            RunState.QUEUED,
            RunState.RUNNING,
            RunState.COLLECTING,
            RunState.SUCCEEDED);
  }

  @Test
  void an_output_is_brought_home_and_can_be_the_input_of_another_run() throws IOException {
    RunResult first =
        await(
            sh("maker", "mkdir $WHERRY_OUTPUT_MODEL; echo 42 >$WHERRY_OUTPUT_MODEL/weights")
                .output("model")
                .submit());
    assertThat(first.orThrow().output("model").path().resolve("weights")).hasContent("42");

    Run second =
        sh("user", "cat $WHERRY_INPUT_MODEL/weights")
            .input("model", first.output("model"))
            .submit();
    await(second);
    assertThat(second.logs().text()).isEqualTo("42\n");
    assertThatThrownBy(() -> first.output("other")).hasMessageContaining("it has [model]");
  }

  @Test
  void an_output_outlives_the_release_of_its_run() throws IOException {
    RunResult result = await(sh("maker", "echo 42 >$WHERRY_OUTPUT_MODEL").output("model").submit());
    ws.close(); // waits for the release
    assertThat(home.resolve("runs/maker-1/1/work")).doesNotExist();
    ws = open(home);

    assertThat(await(ws.runs().get(result.id())).output("model").path()).hasContent("42");
  }

  @Test
  void an_output_that_was_not_written_fails_the_run() {
    RunResult result = await(sh("forgets", "true").output("model").output("report").submit());

    assertThat(result.cause()).isEqualTo(Cause.OUTPUT_MISSING);
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.reason()).contains("model", "report", "WHERRY_OUTPUT");
  }

  @Test
  void named_data_is_found_by_version() throws IOException {
    ws.data().register("numbers", file("a.txt", "one\n"));
    ws.data().register("numbers", file("b.txt", "two\n"));
    Run old = sh("old", "cat $WHERRY_INPUT_N").input("n", "numbers:1").submit();
    Run newest = sh("new", "cat $WHERRY_INPUT_N").input("n", "numbers").submit();
    await(old);
    await(newest);

    assertThat(old.logs().text() + newest.logs().text()).isEqualTo("one\ntwo\n");
  }

  @Test
  void opening_twice_gives_the_same_workspace() {
    try (Workspace again = Workspace.open(home)) {
      assertThat(again.id()).isEqualTo(ws.id());
      await(again.run("shared").command("true").submit());
    }
    assertThat(ws.runs().find("shared-1")).isPresent();
  }

  @Test
  void waiting_with_a_limit_is_empty_before_the_end() {
    Run run = sh("slow", "sleep 60").submit();

    assertThat(run.await(Duration.ofMillis(20))).isEmpty();
    run.cancel();
    assertThat(run.whenDone().join().outcome()).isEqualTo(Outcome.CANCELED);
  }

  @Test
  void runs_survive_a_closed_workspace() throws IOException {
    Path go = temp.resolve("go");
    Run run =
        sh("survivor", "echo before; until [ -e '" + go + "' ]; do sleep 0.02; done; echo after")
            .submit();
    awaitState(run, RunState.RUNNING);
    ws.close();
    Files.createFile(go);
    ws = open(home);

    Run again = ws.runs().get("survivor-1");
    assertThat(await(again).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(again.logs().text()).isEqualTo("before\nafter\n");
  }
}
