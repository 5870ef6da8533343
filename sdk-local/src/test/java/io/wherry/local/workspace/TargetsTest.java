package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import io.wherry.spec.SpecException;
import io.wherry.spec.TargetSpec;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Targets that come, change and go while runs are on their way. */
class TargetsTest extends WorkspaceTest {
  private TargetSpec slots(int count) {
    return TargetSpec.of(
        "local",
        Map.of("slots", Integer.toString(count), "slotFolder", temp.resolve("box").toString()));
  }

  private Run waiting(Path go) {
    Run run =
        ws.run("patient")
            .on("box")
            .command("sh", "-c", "until [ -e '" + go + "' ]; do sleep 0.02; done; echo done")
            .submit();
    awaitState(run, RunState.RUNNING);
    return run;
  }

  @Test
  void a_run_goes_on_while_its_target_is_changed_and_its_waiters_learn_of_its_end()
      throws IOException {
    ws.compute().attach("box", slots(1));
    Path go = temp.resolve("go");
    Run run = waiting(go);
    Run next = ws.run("next").on("box").command("true").submit();
    CompletableFuture<RunResult> future = run.whenDone();
    ws.compute().update("box", slots(2));
    Files.createFile(go);

    assertThat(await(run).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(await(next).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(future).succeedsWithin(30, TimeUnit.SECONDS);
    assertThat(run.attempts()).hasSize(1);
    assertThat(run.logs().text()).isEqualTo("done\n");
  }

  @Test
  void a_target_with_runs_is_detached_by_force_only_and_they_are_found_again_with_it()
      throws IOException {
    ws.compute().attach("box", slots(1));
    Path go = temp.resolve("go");
    Run run = waiting(go);
    assertThatThrownBy(() -> ws.compute().detach("box"))
        .isInstanceOfSatisfying(
            WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.CONFLICT));
    ws.compute().detach("box", true);
    Files.createFile(go);
    ws.compute().attach("box", slots(1));

    assertThat(await(run).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void whoever_waits_is_told_that_the_workspace_was_closed() throws Exception {
    ws.compute().attach("box", slots(1));
    Path go = temp.resolve("go");
    Run run = waiting(go);
    CompletableFuture<RunResult> waiter = CompletableFuture.supplyAsync(run::await);
    CompletableFuture<RunResult> future = run.whenDone();
    ws.close();

    for (CompletableFuture<RunResult> told : List.of(waiter, future)) {
      assertThat(told)
          .failsWithin(30, TimeUnit.SECONDS)
          .withThrowableThat()
          .havingCause()
          .isInstanceOfSatisfying(
              WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.CLOSED));
    }
    Files.createFile(go);
    ws = open(home);
    assertThat(await(ws.runs().get(run.id())).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void wrong_settings_are_all_said_at_once() {
    assertThatThrownBy(
            () ->
                ws.compute()
                    .attach("box", TargetSpec.of("local", Map.of("slot", "2", "colour", "red"))))
        .isInstanceOfSatisfying(
            SpecException.class,
            e ->
                assertThat(e.violations())
                    .extracting(v -> v.path())
                    .containsExactlyInAnyOrder("settings.slot", "settings.colour"));
  }
}
