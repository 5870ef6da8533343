package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.Run;
import io.wherry.RunDraft;
import io.wherry.RunResult;
import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Order of starts, retries, and the same submit twice. */
final class QueueTest extends WorkspaceTest {
  private RunDraft noted(String name) {
    return sh(name, "echo " + name + " >>'" + temp.resolve("order") + "'")
        .resources(r -> r.cpus(4));
  }

  @Test
  void higher_priority_starts_first_and_equal_ones_in_order_also_after_a_restart()
      throws IOException {
    Path go = temp.resolve("go");
    Run blocker =
        sh("blocker", "until [ -e '" + go + "' ]; do sleep 0.02; done")
            .resources(r -> r.cpus(4))
            .submit();
    awaitState(blocker, RunState.RUNNING);
    List<String> ids = new ArrayList<>();
    ids.add(noted("low").priority(-1).submit().id());
    ids.add(noted("first").submit().id());
    ids.add(noted("second").submit().id());
    ids.add(noted("high").priority(7).submit().id());
    reopen();
    ids.add(noted("third").submit().id());
    Files.createFile(go);
    for (String id : ids) {
      await(ws.runs().get(id));
    }

    assertThat(temp.resolve("order")).hasContent("high\nfirst\nsecond\nthird\nlow");
  }

  @Test
  void a_small_run_starts_beside_a_big_one() {
    Run big = sh("big", "sleep 600").resources(r -> r.cpus(3)).submit();
    awaitState(big, RunState.RUNNING);

    assertThat(await(sh("small", "true").submit()).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void two_workspaces_share_the_slots_of_the_machine() throws IOException {
    Run mine = sh("mine", "sleep 600").resources(r -> r.cpus(4)).submit();
    awaitState(mine, RunState.RUNNING);
    try (var other = open(temp.resolve("other"))) {
      Run theirs = other.run("theirs").command("true").submit();
      until("it waits", () -> theirs.reason().contains("another workspace"));
      mine.cancel();
      assertThat(await(theirs).outcome()).isEqualTo(Outcome.SUCCEEDED);
    }
  }

  @Test
  void an_exit_code_of_the_policy_is_tried_again_with_the_same_checkpoints() {
    Run run =
        sh(
                "steady",
                "echo $WHERRY_ATTEMPT; echo x >>$WHERRY_CHECKPOINT/done; [ $(wc -l"
                    + " <$WHERRY_CHECKPOINT/done) -ge 3 ] || exit 75")
            .retry(r -> r.attempts(5).onExitCodes(75))
            .submit();
    RunResult result = await(run);

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(result.attempts()).hasSize(3);
    assertThat(result.attempts())
        .extracting(a -> a.state())
        .containsExactly(RunState.FAILED, RunState.FAILED, RunState.SUCCEEDED);
    assertThat(result.toString()).contains("3 attempts");
    assertThat(run.logs().text()).isEqualTo("3\n");
    assertThat(run.logs().attempt(1).text()).isEqualTo("1\n");
  }

  @Test
  void another_exit_code_is_not_tried_again() {
    RunResult result =
        await(sh("once", "exit 1").retry(r -> r.attempts(5).onExitCodes(75)).submit());

    assertThat(result.attempts()).hasSize(1);
  }

  @Test
  void a_cause_of_the_policy_is_tried_until_the_attempts_are_used_up() {
    RunResult result =
        await(
            sh("limited", "sleep 600")
                .timeLimit(Duration.ofMillis(200))
                .retry(r -> r.attempts(2).on(Cause.TIME_LIMIT))
                .submit());

    assertThat(result.attempts()).hasSize(2);
    assertThat(result.cause()).isEqualTo(Cause.TIME_LIMIT);
  }

  @Test
  void the_same_idempotency_key_starts_nothing_and_gives_the_first_run() {
    Run first = sh("nightly", "echo once").idempotencyKey("2026-11-21").submit();
    await(first);
    Run same = sh("nightly", "echo once").idempotencyKey("2026-11-21").submit();
    reopen();
    Run later = sh("nightly", "echo once").idempotencyKey("2026-11-21").submit();

    assertThat(List.of(same.id(), later.id())).containsOnly(first.id());
    assertThat(ws.runs().list(10)).hasSize(1);
    assertThat(await(later).attempts()).hasSize(1);
  }
}
