package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wherry.Run;
import io.wherry.RunDraft;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.Outcome;
import io.wherry.spec.Program;
import io.wherry.spec.RunState;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Observation;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which a fake engine can be troubled, at the SPI and below a workspace. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FakeProviderTest {
  private static final Program PROGRAM = new Program.Command(List.of("work"));

  @TempDir Path folder;
  private final FakeProvider provider =
      new FakeProvider().programs(spec -> s -> s.takes(Duration.ofMillis(300)).out("worked\n"));

  @Test
  void an_ambiguous_launch_has_happened_and_gives_its_handle_when_asked_again() throws Exception {
    WorkloadBackend backend = open(new ManualClock());
    Workload workload = workload("job-1");
    try (var outage = provider.beginOutage(Kind.AMBIGUOUS)) {
      assertThat(outage).isNotNull();
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> backend.plan(List.of(workload)).launch())
          .matches(e -> e.kind() == Kind.AMBIGUOUS);
    }
    Map<LaunchKey, WorkloadHandle> found = backend.find("w");

    assertThat(found).containsOnlyKeys(workload.key());
    assertThat(backend.plan(List.of(workload)).launch()).isEqualTo(new Launch.Taken(found));
  }

  @Test
  void in_an_outage_every_verb_that_asks_the_engine_fails() {
    WorkloadBackend backend = open(new ManualClock());
    try (var outage = provider.beginOutage(Kind.UNAUTHORIZED)) {
      assertThat(outage).isNotNull();
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(backend::probe)
          .matches(e -> e.kind() == Kind.UNAUTHORIZED);
      assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.find("w"));
      assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.observe(Set.of()));
      assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.read(Map.of(), 1));
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> backend.stop(Set.of(), Duration.ZERO));
      assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.release(Set.of()));
    }
  }

  @Test
  void without_a_queue_there_is_no_room_when_all_nodes_are_taken() throws Exception {
    provider.nodes(1).withoutQueue();
    ManualClock clock = new ManualClock();
    WorkloadBackend backend = open(clock);
    backend.plan(List.of(workload("job-1"))).launch();
    Workload second = workload("job-2");

    assertThat(backend.plan(List.of(second)).launch())
        .isEqualTo(new Launch.NoRoom("0 of 1 nodes are free"));
    assertThat(backend.find("w")).doesNotContainKey(second.key());
    clock.advance(Duration.ofSeconds(1));
    assertThat(backend.plan(List.of(second)).launch()).isInstanceOf(Launch.Taken.class);
  }

  @Test
  void with_a_queue_they_wait_for_nodes() throws Exception {
    provider.nodes(1).queueing(Duration.ofMinutes(1));
    ManualClock clock = new ManualClock();
    WorkloadBackend backend = open(clock);
    Workload workload = workload("job-1");
    Launch.Taken taken = (Launch.Taken) backend.plan(List.of(workload)).launch();
    WorkloadHandle handle = taken.handles().get(workload.key());

    clock.advance(Duration.ofSeconds(59));
    assertThat(backend.observe(Set.of(handle)).get(handle)).isInstanceOf(Observation.Waiting.class);
    clock.advance(Duration.ofSeconds(1));
    assertThat(backend.observe(Set.of(handle)).get(handle)).isInstanceOf(Observation.Active.class);
  }

  @Test
  void a_workspace_survives_lost_answers() {
    try (Workspace ws = workspace()) {
      Run run;
      try (var outage = provider.beginOutage(Kind.AMBIGUOUS)) {
        assertThat(outage).isNotNull();
        run = draft(ws).submit();
        assertThat(run.await(Duration.ofMillis(200))).isEmpty();
      }
      RunResult result = run.await(Duration.ofSeconds(60)).orElseThrow();

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.attempts()).hasSize(1);
      assertThat(run.logs().text()).isEqualTo("worked\n");
    }
  }

  @Test
  void a_workspace_judges_nothing_in_an_outage() {
    try (Workspace ws = workspace()) {
      Run run = draft(ws).submit();
      try (var outage = provider.beginOutage(Kind.TRANSIENT)) {
        assertThat(outage).isNotNull();
        assertThat(run.await(Duration.ofMillis(700))).isEmpty();
        assertThat(run.state().isFinal()).isFalse();
      }

      assertThat(run.await(Duration.ofSeconds(60)).orElseThrow().outcome())
          .isEqualTo(Outcome.SUCCEEDED);
    }
  }

  @Test
  void a_workspace_queues_where_the_engine_does_not() {
    provider.nodes(1).withoutQueue();
    try (Workspace ws = workspace()) {
      Run first = draft(ws).submit();
      Run second = draft(ws).submit();
      first.await();

      assertThat(second.await(Duration.ofSeconds(60)).orElseThrow().outcome())
          .isEqualTo(Outcome.SUCCEEDED);
      assertThat(first.state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(second.attempts().get(0).startedAt().orElseThrow())
          .isAfterOrEqualTo(first.attempts().get(0).endedAt().orElseThrow());
    }
  }

  private Workspace workspace() {
    Workspace ws =
        Workspace.builder(folder.resolve("ws")).backend(provider).defaultTarget("fake").open();
    ws.compute().attach("fake", TargetSpec.of("fake", Map.of()));
    return ws;
  }

  private static RunDraft draft(Workspace ws) {
    return ws.run("job").command("work");
  }

  private WorkloadBackend open(ManualClock clock) {
    ContractContext context = new ContractContext("w", folder.resolve("context"), clock);
    return (WorkloadBackend) provider.open(TargetSpec.of("fake", Map.of()), context);
  }

  private static Workload workload(String run) {
    return new Workload(new LaunchKey("w", run, 1), Specs.of(PROGRAM));
  }
}
