package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.event.RunEvent;
import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Cancels and limits. */
final class StoppingTest extends WorkspaceTest {
  @Test
  void a_run_that_waits_for_room_is_canceled_without_a_start() {
    Run blocker = sh("blocker", "sleep 600").resources(r -> r.cpus(4)).submit();
    awaitState(blocker, RunState.RUNNING);
    Run waiting = sh("waiting", "echo started").submit();
    awaitState(waiting, RunState.QUEUED);
    until("the reason is told", () -> waiting.reason().contains("4 of 4 CPUs are taken"));
    waiting.cancel();
    RunResult result = await(waiting);

    assertThat(result.outcome()).isEqualTo(Outcome.CANCELED);
    assertThat(result.reason()).contains("before it started");
    assertThat(waiting.logs().text()).isEmpty();
  }

  @Test
  void a_running_one_is_stopped_politely() {
    Run run =
        sh("polite", "trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done")
            .submit();
    until("it is ready", () -> run.logs().text().equals("ready\n"));
    run.cancel();
    run.cancel();
    RunResult result = await(run);

    assertThat(result.outcome())
        .as("exit code 0 after a stop: %s", result)
        .isEqualTo(Outcome.CANCELED);
    assertThat(run.logs().out().text()).isEqualTo("ready\nsaved\n");
    assertThat(run.timeline()).filteredOn(RunEvent.CancelRequested.class::isInstance).hasSize(1);
  }

  @Test
  void an_ended_one_stays_as_it_is() {
    Run run = sh("over", "exit 5").submit();
    await(run);
    run.cancel();

    assertThat(await(run).exitCode()).hasValue(5);
    assertThat(run.state()).isEqualTo(RunState.FAILED);
  }

  @Test
  void a_cancel_right_after_the_submit_always_ends_as_canceled() {
    List<Run> runs =
        IntStream.range(0, 20).mapToObj(i -> sh("early", "sleep 600").submit()).toList();
    runs.forEach(Run::cancel);

    assertThat(runs)
        .allSatisfy(run -> assertThat(await(run).outcome()).isEqualTo(Outcome.CANCELED));
  }

  @Test
  void a_cancel_is_kept_when_the_workspace_is_closed_at_once() {
    Run running = sh("running", "sleep 600").submit();
    awaitState(running, RunState.RUNNING);
    running.cancel();
    reopen();

    assertThat(await(ws.runs().get(running.id())).outcome()).isEqualTo(Outcome.CANCELED);
  }

  @Test
  void a_run_between_two_attempts_can_be_canceled() {
    Run run =
        sh("again", "echo try; sleep 0.05; exit 75")
            .retry(r -> r.attempts(1000).onExitCodes(75))
            .submit();
    until("it has tried more than once", () -> run.attempts().size() > 2);
    run.cancel();
    RunResult result = await(run);

    assertThat(result.outcome()).as(result::toString).isIn(Outcome.CANCELED, Outcome.FAILED);
    assertThat(result.attempts()).hasSizeLessThan(1000);
  }

  @Test
  void a_time_limit_counts_from_the_start_and_is_kept_while_nobody_watches() {
    Run run = sh("long", "echo in; sleep 600").timeLimit(Duration.ofMillis(400)).submit();
    awaitState(run, RunState.RUNNING);
    ws.close();
    until("the wrapper has ended it", () -> processesOf(ws.id()).isEmpty());
    ws = open(home);
    RunResult result = await(ws.runs().get("long-1"));

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.cause()).isEqualTo(Cause.TIME_LIMIT);
    assertThat(result.reason()).contains("time limit");
  }

  @Test
  void what_does_not_start_in_time_ends_as_not_started() {
    Run blocker = sh("blocker", "sleep 600").resources(r -> r.cpus(4)).submit();
    awaitState(blocker, RunState.RUNNING);
    Run late = sh("late", "echo started").startTimeout(Duration.ofMillis(300)).submit();
    RunResult result = await(late);

    assertThat(result.cause()).isEqualTo(Cause.NOT_STARTED);
    assertThat(result.reason()).contains("did not start within", "CPUs are taken");
    assertThat(late.logs().text()).isEmpty();
  }
}
