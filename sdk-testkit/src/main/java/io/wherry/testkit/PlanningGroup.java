package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Secret;
import io.wherry.spec.Violation;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a backend says before anything happens. */
abstract class PlanningGroup extends Group {
  @Test
  final void planning_the_same_batch_twice_says_the_same() {
    List<Workload> batch = List.of(bench().job(Job.EXIT, "0").workload());
    LaunchPlan one = bench().backend().plan(batch);
    LaunchPlan two = bench().open().plan(batch);

    assertThat(two.describe()).isEqualTo(one.describe()).isEqualTo(one.describe());
    assertThat(two.violations()).isEqualTo(one.violations());
    assertThat(two.requeuesOn()).isEqualTo(one.requeuesOn());
  }

  @Test
  final void opening_and_planning_touch_nothing_and_resolve_nothing() throws Exception {
    WorkloadBackend backend = bench().backend();
    bench().context().secret("contract.key", "the-value");
    Workload workload =
        bench()
            .job(Job.EXIT, "0")
            .timeLimit(bench().fixture().patience())
            .secret("API_KEY", Secret.named("contract.key"))
            .workload();
    LaunchPlan plan = backend.plan(List.of(workload));
    plan.describe();
    plan.violations();
    plan.requeuesOn();

    assertThat(bench().context().runsFolder()).doesNotExist();
    assertThat(bench().context().resolved()).isZero();
    assertThat(backend.find(bench().context().workspaceId())).isEmpty();
  }

  @Test
  final void the_description_shows_the_native_request_with_its_arguments() {
    Workload workload = bench().job(Job.ARGUMENTS, "--learning-rate", "0.25").workload();

    assertThat(bench().backend().plan(List.of(workload)).describe())
        .contains("--learning-rate", "0.25");
  }

  @Test
  final void the_description_of_a_batch_shows_all_of_it() {
    List<Workload> batch =
        List.of(
            bench().job(Job.ARGUMENTS, "the-first-one").workload(),
            bench().job(Job.ARGUMENTS, "the-second-one").workload());

    assertThat(bench().backend().plan(batch).describe())
        .contains("the-first-one", "the-second-one");
  }

  @Test
  final void options_of_its_own_that_it_does_not_know_are_all_violations_at_once() {
    String kind = bench().fixture().provider().kind();
    Workload workload =
        bench()
            .job(Job.EXIT, "0")
            .option(kind + ".contract-first", "1")
            .option(kind + ".contract-second", "2")
            .workload();

    assertThat(bench().backend().plan(List.of(workload)).violations())
        .extracting(Violation::path)
        .anyMatch(path -> path.contains(kind + ".contract-first"))
        .anyMatch(path -> path.contains(kind + ".contract-second"));
  }

  @Test
  final void options_of_other_backends_are_ignored() {
    Workload workload = bench().job(Job.EXIT, "0").option("no-such-kind.qos", "high").workload();

    assertThat(bench().backend().plan(List.of(workload)).violations()).isEmpty();
  }
}
