package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wherry.Run;
import io.wherry.RunDraft;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spec.MetricPoint;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import io.wherry.spec.Secret;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class SimulatedTargetTest {
  @RegisterExtension
  SimulatedTarget hpc =
      SimulatedTarget.named("hpc")
          .nodes(4)
          .queueing(Duration.ofMinutes(10))
          .secret("token", "abc")
          .program("epochs", SimulatedTargetTest::epochs)
          .program(
              "unlucky", s -> s.takes(minutes(5)).err("no luck\n").exit(s.attempt() == 1 ? 75 : 0))
          .program(
              "broken",
              s -> {
                throw new IllegalStateException("a mistake");
              })
          .program("secretive", s -> s.out(s.env().get("TOKEN") + "\n"));

  @Test
  void a_preempted_training_resumes() {
    Run run = new Training(hpc.workspace()).start("hpc");
    hpc.advance(minutes(40)).preempt(run).advance(Duration.ofHours(1));

    RunResult result = run.await().orThrow();
    assertThat(result.attempts()).hasSize(2);
    assertThat(result.attempts().get(0).cause()).contains(Cause.PREEMPTED);
  }

  @Test
  void a_run_waits_then_runs_then_ends_at_its_times() {
    Instant begin = hpc.now();
    Run run = draft("train").submit();

    hpc.advance(minutes(9));
    assertThat(run.state()).isEqualTo(RunState.QUEUED);
    hpc.advance(minutes(2));
    assertThat(run.state()).isEqualTo(RunState.RUNNING);
    hpc.advance(minutes(60));
    RunResult result = run.await();
    assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(result.duration()).isEqualTo(minutes(45));
    assertThat(result.attempts().get(0).startedAt()).contains(begin.plus(minutes(10)));
    assertThat(result.attempts().get(0).endedAt()).contains(begin.plus(minutes(55)));
  }

  @Test
  void declared_outputs_are_there() throws Exception {
    Run run = draft("train").output("model").submit();
    hpc.advance(Duration.ofHours(1));

    assertThat(Files.readString(run.await().orThrow().output("model").path()))
        .isEqualTo("simulated\n");
  }

  @Test
  void waiting_before_advancing_is_an_error_that_says_so() {
    Run run = draft("train").submit();

    assertThatIllegalStateException()
        .isThrownBy(run::await)
        .withMessageContaining("train-1")
        .withMessageContaining("QUEUED")
        .withMessageContaining("600 s")
        .withMessageContaining("advance");
    assertThatIllegalStateException()
        .isThrownBy(() -> run.follow(new PrintStream(new ByteArrayOutputStream())))
        .withMessageContaining("advance");
    hpc.advance(Duration.ofHours(1));
    assertThat(run.await().outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void nodes_are_a_quota() {
    Run first = draft("train").nodes(3).submit();
    Run second = draft("train").nodes(2).submit();
    Run third = draft("train").nodes(1).submit();
    hpc.advance(minutes(11));

    assertThat(first.state()).isEqualTo(RunState.RUNNING);
    assertThat(second.state()).isEqualTo(RunState.QUEUED);
    assertThat(second.reason()).contains("1 of 4 nodes");
    assertThat(third.state())
        .as("the larger one in front holds it back")
        .isEqualTo(RunState.QUEUED);
    hpc.advance(minutes(45));
    assertThat(second.state()).isEqualTo(RunState.RUNNING);
    assertThat(third.state()).isEqualTo(RunState.RUNNING);
  }

  @Test
  void a_higher_priority_starts_first() {
    draft("train").nodes(4).submit();
    hpc.advance(minutes(11));
    Run low = draft("train").nodes(4).submit();
    Run high = draft("train").nodes(4).priority(5).submit();
    hpc.advance(minutes(50));

    assertThat(high.state()).isEqualTo(RunState.RUNNING);
    assertThat(low.state()).isEqualTo(RunState.QUEUED);
  }

  @Test
  void a_failed_run_is_retried_at_the_time_of_its_failure() {
    Instant begin = hpc.now();
    Run run = draft("unlucky").retry(r -> r.attempts(2).onExitCodes(75)).submit();
    hpc.advance(Duration.ofHours(3));

    RunResult result = run.await().orThrow();
    assertThat(result.attempts()).hasSize(2);
    assertThat(result.attempts().get(1).startedAt())
        .as("10 minutes in the queue, 5 of work, 10 in the queue again")
        .contains(begin.plus(minutes(25)));
  }

  @Test
  void a_run_fails_on_demand() {
    Run run = draft("train").submit();
    hpc.advance(minutes(20)).fail(run, 3);

    RunResult result = run.await();
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.exitCode()).hasValue(3);
    assertThat(result.duration()).isEqualTo(minutes(10));
  }

  @Test
  void a_run_finishes_on_demand() {
    Run run = draft("epochs").submit();
    hpc.advance(minutes(11)).finish(run);

    assertThat(run.await().orThrow().metrics()).containsEntry("loss", 0.25);
  }

  @Test
  void a_lost_node_is_a_cause_to_retry() {
    Run run = draft("train").retry(r -> r.attempts(2).on(Cause.NODE_LOST)).submit();
    hpc.advance(minutes(20)).loseNode(run).advance(Duration.ofHours(1));

    assertThat(run.await().orThrow().attempts().get(0).cause()).contains(Cause.NODE_LOST);
  }

  @Test
  void an_engine_may_start_a_run_again_by_itself() {
    try (SimulatedTarget slurm =
        SimulatedTarget.named("slurm")
            .requeues(Cause.PREEMPTED)
            .program(
                "train", s -> s.out("attempt " + s.attempt() + "\n").takes(minutes(30)).exit(0))) {
      Run run =
          slurm
              .workspace()
              .run("train")
              .command("train")
              .retry(r -> r.attempts(2).on(Cause.PREEMPTED))
              .submit();
      slurm.advance(minutes(10)).preempt(run).advance(minutes(20));
      assertThat(run.state()).isEqualTo(RunState.RUNNING);
      assertThat(run.attempts()).hasSize(2);
      slurm.advance(minutes(20));

      RunResult result = run.await().orThrow();
      assertThat(result.attempts()).hasSize(2);
      assertThat(result.attempts().get(0).cause()).contains(Cause.REQUEUED);
      assertThat(run.logs().attempt(1).text()).isEqualTo("attempt 1\n");
      assertThat(run.logs().attempt(2).text()).isEqualTo("attempt 2\n");
    }
  }

  @Test
  void an_engine_counts_its_own_starts() {
    try (SimulatedTarget slurm = SimulatedTarget.named("slurm").requeues(Cause.PREEMPTED)) {
      Run run =
          slurm
              .workspace()
              .run("train")
              .command("train")
              .retry(r -> r.attempts(2).on(Cause.PREEMPTED))
              .submit();
      slurm.advance(minutes(1)).preempt(run).advance(minutes(1)).preempt(run);

      assertThat(run.await().cause()).isEqualTo(Cause.PREEMPTED);
      assertThat(run.await().attempts()).hasSize(2);
    }
  }

  @Test
  void metrics_and_logs_are_there_as_soon_as_time_has_passed() {
    Instant begin = hpc.now();
    Run run = draft("epochs").submit();
    hpc.advance(minutes(25));

    assertThat(run.state()).isEqualTo(RunState.RUNNING);
    assertThat(run.metrics().series("loss"))
        .containsExactly(new MetricPoint(1, begin.plus(minutes(20)), 0.5));
    assertThat(run.logs().text()).isEqualTo("epoch 1\n");
    assertThat(run.progress()).hasValueSatisfying(p -> assertThat(p.done()).isEqualTo(1));
    hpc.advance(minutes(25));
    assertThat(run.metrics().latest()).containsEntry("loss", 0.25);
    assertThat(run.await().orThrow().metrics()).containsEntry("loss", 0.25);
  }

  @Test
  void a_test_can_make_a_run_say_something() {
    Run run = draft("train").submit();
    hpc.advance(minutes(11)).emit(run, s -> s.metric("accuracy", 0.9).out("halfway\n"));

    assertThat(run.metrics().latest()).containsEntry("accuracy", 0.9);
    assertThat(run.logs().text()).isEqualTo("halfway\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hpc.emit(run, s -> s.takes(minutes(1))))
        .withMessageContaining("advance");
  }

  @Test
  void a_canceled_run_ends_at_once() {
    Run queued = draft("train").submit();
    hpc.advance(minutes(5));
    queued.cancel();
    Run running = draft("train").submit();
    hpc.advance(minutes(11));
    running.cancel();

    assertThat(queued.await().outcome()).isEqualTo(Outcome.CANCELED);
    assertThat(running.await().outcome()).isEqualTo(Outcome.CANCELED);
  }

  @Test
  void a_start_time_out_is_kept_in_virtual_time() {
    Run run = draft("train").startTimeout(minutes(5)).submit();
    hpc.advance(minutes(4));
    assertThat(run.state()).isEqualTo(RunState.QUEUED);
    hpc.advance(minutes(2));

    assertThat(run.await().cause()).isEqualTo(Cause.NOT_STARTED);
  }

  @Test
  void a_time_limit_is_kept_in_virtual_time() {
    Run run = draft("train").timeLimit(minutes(30)).submit();
    hpc.advance(Duration.ofHours(1));

    assertThat(run.await().cause()).isEqualTo(Cause.TIME_LIMIT);
    assertThat(run.await().duration()).isEqualTo(minutes(30));
  }

  @Test
  void what_the_target_cannot_do_is_refused() {
    SimulatedTarget small =
        SimulatedTarget.named("small").nodeSize(4, 8L << 30, 0).without(Feature.GPU);
    try (small) {
      RunDraft draft =
          small.workspace().run("train").command("train").resources(r -> r.cpus(8).gpus(1));

      assertThat(draft.explain().accepted()).isFalse();
      assertThat(draft.explain().reasons())
          .extracting(v -> v.path())
          .contains("resources.cpus", "resources.gpus");
    }
  }

  @Test
  void secrets_reach_the_simulated_program() {
    Run run = draft("secretive").secret("TOKEN", Secret.named("token")).submit();
    hpc.advance(minutes(11));

    run.await().orThrow();
    assertThat(run.logs().text()).isEqualTo("abc\n");
  }

  @Test
  void a_program_that_throws_is_a_failed_run() {
    Run run = draft("broken").submit();
    hpc.advance(minutes(11));

    assertThat(run.await().exitCode()).hasValue(70);
    assertThat(String.join("\n", run.await().lastLines())).contains("a mistake");
  }

  @Test
  void only_what_runs_can_be_struck() {
    Run run = draft("train").submit();

    assertThatIllegalStateException()
        .isThrownBy(() -> hpc.preempt(run))
        .withMessageContaining("train-1")
        .withMessageContaining("QUEUED")
        .withMessageContaining("advance");
  }

  @Test
  void it_is_set_up_before_its_use() {
    hpc.workspace().compute().get("hpc").check().orThrow();

    assertThatIllegalStateException()
        .isThrownBy(() -> hpc.nodes(8))
        .withMessageContaining("before");
  }

  @Test
  void code_under_test_may_close_its_workspace() {
    String id;
    try (Workspace mine = hpc.workspace()) {
      id = mine.run("train").command("train").submit().id();
    }
    hpc.advance(Duration.ofHours(1));

    assertThat(hpc.workspace().runs().get(id).state()).isEqualTo(RunState.SUCCEEDED);
  }

  @Test
  void many_runs_pass_in_order() {
    List<Run> runs =
        java.util.stream.IntStream.range(0, 40).mapToObj(i -> draft("train").submit()).toList();
    hpc.advance(Duration.ofHours(8));

    assertThat(runs).allMatch(run -> run.state() == RunState.SUCCEEDED);
    assertThat(runs.get(39).attempts().get(0).startedAt())
        .isEqualTo(runs.get(36).attempts().get(0).startedAt());
  }

  private RunDraft draft(String name) {
    return hpc.workspace().run(name).command("train", "--fast");
  }

  private static void epochs(Script script) {
    for (int epoch = 1; epoch <= 2; epoch++) {
      script
          .takes(minutes(10))
          .metric("loss", epoch, 1.0 / (1 << epoch))
          .progress(epoch, 3)
          .out("epoch " + epoch + "\n");
    }
    script.takes(minutes(10));
  }

  private static Duration minutes(int count) {
    return Duration.ofMinutes(count);
  }

  /** A service as a user would write it. */
  private record Training(Workspace workspace) {
    Run start(String target) {
      return workspace
          .run("penguins")
          .on(target)
          .command("train")
          .retry(r -> r.attempts(3).on(Cause.PREEMPTED, Cause.NODE_LOST))
          .submit();
    }
  }
}
