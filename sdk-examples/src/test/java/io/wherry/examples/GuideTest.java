package io.wherry.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.Artifact;
import io.wherry.Dataset;
import io.wherry.Explanation;
import io.wherry.Run;
import io.wherry.RunDraft;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import io.wherry.spec.Secret;
import io.wherry.spec.SpecException;
import io.wherry.spec.WherryException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/guide.md} says, tried: sections in its order. */
class GuideTest {
  @TempDir Path folder;

  @Test
  void a_folder_that_is_open_already_gives_the_same_workspace() {
    try (Workspace first = open()) {
      Workspace second = open();
      second.close();

      assertThat(second.id()).isEqualTo(first.id());
      assertThat(first.run("hello").command("true").submit().await().outcome())
          .isEqualTo(Outcome.SUCCEEDED);
    }
  }

  @Test
  void local_is_always_there_and_an_unknown_target_is_refused_with_the_names() {
    try (Workspace ws = open()) {
      assertThat(ws.compute().list())
          .singleElement()
          .hasToString(ws.compute().get("local").toString());
      assertThat(ws.compute().kinds())
          .anyMatch(kind -> kind.kind().equals("local") && kind.available());
      assertThat(ws.compute().get("local").check().orThrow().capabilities()).isPresent();
      assertThatThrownBy(() -> ws.compute().get("moon"))
          .isInstanceOf(WherryException.class)
          .hasMessageContaining("local");
      assertThatThrownBy(() -> ws.run("x").on("moon").command("true").submit())
          .isInstanceOf(WherryException.class)
          .hasMessageContaining("moon");
    }
  }

  @Test
  void a_real_draft_is_explained_and_runs() throws IOException {
    Path source = Files.createDirectories(folder.resolve("source"));
    Files.writeString(
        source.resolve("job.sh"),
        "echo $1 $GREETING $API_KEY; cat \"$WHERRY_INPUT_DATA\" >\"$WHERRY_OUTPUT_MODEL\"");
    Files.writeString(source.resolve("notes.tmp"), "not needed");
    Files.writeString(source.resolve(".wherryignore"), "*.tmp\n");
    Path data = Files.writeString(folder.resolve("data.txt"), "rows");
    try (Workspace ws =
        Workspace.builder(folder.resolve("ws"))
            .secrets(name -> name.equals("key") ? "s3cret" : null)
            .open()) {
      RunDraft draft =
          ws.run("real")
              .source(source)
              .command("sh", "job.sh", "{epochs}")
              .param("epochs", 30)
              .input("data", data)
              .output("model")
              .env("GREETING", "hello")
              .secret("API_KEY", Secret.named("key"))
              .resources(r -> r.cpus(1).memory("64MiB"))
              .timeLimit(Duration.ofMinutes(2))
              .startTimeout(Duration.ofMinutes(2))
              .grace(Duration.ofSeconds(1))
              .priority(5)
              .retry(r -> r.attempts(2).on(Cause.NODE_LOST, Cause.PREEMPTED).onExitCodes(75))
              .tag("team", "birds")
              .option("slurm.qos", "high")
              .idempotencyKey("nightly");

      Explanation why = draft.explain();
      assertThat(why.accepted()).as(why.toString()).isTrue();
      assertThat(why.toString()).contains("API_KEY").doesNotContain("s3cret");
      assertThat(ws.runs().list(10)).isEmpty();

      Run run = draft.submit();
      assertThat(draft.submit()).isEqualTo(run);
      RunResult result = run.await().orThrow();
      assertThat(run.logs().out().text()).isEqualTo("30 hello s3cret\n");
      assertThat(run.params()).containsEntry("epochs", "30");
      assertThat(run.tags()).containsEntry("team", "birds");

      Artifact model = result.output("model");
      assertThat(model.path()).hasContent("rows");
      RunResult next =
          ws.run("next")
              .command("sh", "-c", "cat $WHERRY_INPUT_MODEL")
              .input("model", model)
              .submit()
              .await();
      assertThat(ws.runs().get(next.id()).logs().text()).isEqualTo("rows");
    }
  }

  @Test
  void everything_that_is_wrong_is_said_at_once() {
    try (Workspace ws = open()) {
      RunDraft draft =
          ws.run("bad name!").command("true").timeLimit(Duration.ZERO).resources(r -> r.cpus(0));

      assertThat(draft.explain().accepted()).isFalse();
      assertThatThrownBy(draft::submit)
          .isInstanceOfSatisfying(
              SpecException.class,
              e ->
                  assertThat(e.violations())
                      .extracting("path")
                      .contains("name", "timeLimit", "resources.cpus"));
    }
  }

  @Test
  void a_failure_is_a_value() {
    try (Workspace ws = open()) {
      RunResult result = ws.run("sad").command("sh", "-c", "echo oh; exit 3").submit().await();

      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.exitCode()).hasValue(3);
      assertThat(result.lastLines()).contains("oh");
      assertThatThrownBy(result::orThrow)
          .isInstanceOf(WherryException.class)
          .hasMessageContaining("sad-1");
    }
  }

  @Test
  void a_missing_output_is_a_failure() {
    try (Workspace ws = open()) {
      RunResult result = ws.run("lazy").command("true").output("model").submit().await();

      assertThat(result.cause()).isEqualTo(Cause.OUTPUT_MISSING);
      assertThat(result.reason()).contains("model");
    }
  }

  @Test
  void waiting_may_end_before_the_run_does_and_cancel_ends_it() throws Exception {
    try (Workspace ws = open()) {
      Run run = ws.run("long").command("sleep", "600").grace(Duration.ofSeconds(1)).submit();

      Optional<RunResult> soon = run.await(Duration.ofMillis(50));
      assertThat(soon).isEmpty();
      run.cancel();
      assertThat(run.whenDone().get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.CANCELED);
    }
  }

  @Test
  void logs_are_kept_apart_and_byte_for_byte() {
    try (Workspace ws = open()) {
      Run run =
          ws.run("talk").command("sh", "-c", "echo out; echo err >&2; printf 'no end'").submit();
      run.await();

      List<String> followed = new ArrayList<>();
      run.logs().err().follow(line -> followed.add(line.rank() + " " + line.text()));
      assertThat(followed).containsExactly("0 err");
      assertThat(run.logs().out().lines().map(Object::toString)).containsExactly("out", "no end");
      assertThat(run.logs().out().last(1)).singleElement().hasToString("no end");
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      run.logs().out().copyTo(bytes);
      assertThat(bytes).hasToString("out\nno end");
    }
  }

  @Test
  void named_data_is_frozen_by_version() throws IOException {
    Path file = Files.writeString(folder.resolve("rows.csv"), "1");
    try (Workspace ws = open()) {
      Dataset first = ws.data().register("rows", file);
      assertThat(ws.data().register("rows", file)).hasToString(first.toString());
      Files.writeString(file, "2");
      assertThat(ws.data().register("rows", file).version()).isEqualTo(2);

      Run run =
          ws.run("read")
              .command("sh", "-c", "cat $WHERRY_INPUT_DATA")
              .input("data", "rows:1")
              .submit();
      run.await().orThrow();
      assertThat(run.logs().text()).isEqualTo("1");

      Path elsewhere = Files.writeString(folder.resolve("elsewhere.csv"), "here already");
      ws.data().get("rows:1").at("local", elsewhere.toString());
      Run inPlace =
          ws.run("read")
              .command("sh", "-c", "cat $WHERRY_INPUT_DATA")
              .input("data", "rows:1")
              .submit();
      inPlace.await().orThrow();
      assertThat(inPlace.logs().text()).isEqualTo("here already");
    }
  }

  @Test
  void runs_are_found_deleted_and_pruned() {
    try (Workspace ws = open()) {
      String one = ws.run("one").command("true").submit().await().id();
      String two = ws.run("two").command("true").submit().await().id();

      assertThat(ws.runs().list(50)).extracting(Run::id).containsExactly(two, one);
      ws.runs().delete(one);
      assertThat(ws.runs().find(one)).isEmpty();
      assertThat(ws.prune(Duration.ofDays(30)).runs()).isZero();
      assertThat(ws.prune(Duration.ZERO).runs()).isEqualTo(1);
      assertThat(ws.runs().list(50)).isEmpty();
    }
  }

  @Test
  void a_read_only_workspace_shows_and_refuses() {
    try (Workspace ws = open()) {
      ws.run("hello").command("true").submit().await();
      try (Workspace looking = Workspace.builder(folder.resolve("ws")).readOnly().open()) {
        assertThat(looking.runs().get("hello-1").await().outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThatThrownBy(() -> looking.run("x").command("true").submit())
            .isInstanceOf(WherryException.class)
            .hasMessageContaining("readOnly");
      }
    }
  }

  private Workspace open() {
    return Workspace.open(folder.resolve("ws"));
  }
}
