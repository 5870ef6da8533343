package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spi.Observation;
import io.wherry.spi.Observation.Active;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Asking for the end, and enforcing it. */
abstract class StoppingGroup extends Group {
  private static final Duration LONG = Duration.ofMinutes(5);

  @Test
  final void a_program_that_obeys_ends_as_it_likes() throws Exception {
    WorkloadHandle handle = begun(Job.OBEDIENT);
    bench().backend().stop(Set.of(handle), LONG);
    Ended end = bench().awaitEnd(handle);

    assertThat(end.cause()).isEqualTo(Cause.STOPPED);
    assertThat(end.exitCode()).isEqualTo(7);
    assertThat(bench().text(handle)).isEqualTo("begun\nbye\n");
    bench().awaitNoProcesses();
  }

  @Test
  final void a_program_that_ignores_it_is_killed_after_the_grace() throws Exception {
    WorkloadHandle handle = begun(Job.STUBBORN);
    Instant asked = bench().fixture().clock().instant();
    bench().backend().stop(Set.of(handle), Duration.ofSeconds(2));
    Ended end = bench().awaitEnd(handle);

    assertThat(end.cause()).isEqualTo(Cause.STOPPED);
    assertThat(Duration.between(asked, bench().fixture().clock().instant()))
        .isGreaterThan(Duration.ofMillis(1900));
    bench().awaitNoProcesses();
  }

  @Test
  final void grandchildren_end_too() throws Exception {
    WorkloadHandle handle = begun(Job.FAMILY);
    bench().backend().stop(Set.of(handle), Duration.ofSeconds(1));

    assertThat(bench().awaitEnd(handle).cause()).isEqualTo(Cause.STOPPED);
    bench().awaitNoProcesses();
  }

  @Test
  final void all_ranks_end() throws Exception {
    JobDraft job = bench().job(Job.STUBBORN).ranks(1, 2);
    if (!bench().has(Feature.RANKS)) {
      bench().assertRefused(job, "processesPerNode");
      return;
    }
    WorkloadHandle handle = job.launch();
    bench().awaitBegun(handle);
    bench().backend().stop(Set.of(handle), Duration.ZERO);

    assertThat(bench().awaitEnd(handle).cause()).isEqualTo(Cause.STOPPED);
    bench().awaitNoProcesses();
  }

  @Test
  final void the_grace_runs_out_without_a_client() throws Exception {
    WorkloadHandle handle = begun(Job.STUBBORN);
    WorkloadBackend client = bench().open();
    client.stop(Set.of(handle), Duration.ofSeconds(1));
    client.close();
    bench().backend().close();
    bench().pause(Duration.ofSeconds(3));

    WorkloadBackend later = bench().open();
    assertThat(bench().observe(later, handle))
        .isInstanceOfSatisfying(
            Ended.class, end -> assertThat(end.cause()).isEqualTo(Cause.STOPPED));
    bench().awaitNoProcesses();
  }

  @Test
  final void asking_twice_is_asking_once() throws Exception {
    WorkloadHandle handle = begun(Job.STUBBORN);
    bench().backend().stop(Set.of(handle), Duration.ofSeconds(1));
    bench().open().stop(Set.of(handle), Duration.ofSeconds(1));
    bench().backend().stop(Set.of(handle), LONG);

    assertThat(bench().awaitEnd(handle).cause()).isEqualTo(Cause.STOPPED);
  }

  @Test
  final void only_the_named_ones_are_stopped() throws Exception {
    WorkloadHandle stopped = begun(Job.OBEDIENT);
    WorkloadHandle other = begun(Job.OBEDIENT);
    bench().backend().stop(Set.of(stopped), LONG);
    bench().awaitEnd(stopped);

    assertThat(bench().observe(other)).isInstanceOf(Active.class);
  }

  @Test
  final void right_after_the_launch_it_works_as_well() throws Exception {
    WorkloadHandle handle = bench().job(Job.SLEEP, "600").launch();
    bench().backend().stop(Set.of(handle), Duration.ofSeconds(1));

    assertThat(bench().awaitEnd(handle).cause()).isEqualTo(Cause.STOPPED);
    assertThat(bench().text(handle)).doesNotContain("done");
    bench().awaitNoProcesses();
  }

  @Test
  final void what_has_not_begun_never_begins() throws Exception {
    Optional<BackendFixture.Disturbance> congestion = bench().fixture().beginCongestion();
    assumeTrue(congestion.isPresent(), "the fixture has no way to let workloads wait");
    WorkloadHandle handle;
    try (BackendFixture.Disturbance open = congestion.get()) {
      assertThat(open).isNotNull();
      handle = bench().job(Job.EXIT, "0").launch();
      assertThat(bench().observe(handle)).isInstanceOf(Observation.Waiting.class);
      bench().backend().stop(Set.of(handle), LONG);
    }
    bench().pause(Duration.ofSeconds(2));
    Ended end = bench().awaitEnd(handle);

    assertThat(end.cause()).isEqualTo(Cause.STOPPED);
    assertThat(end.startedAt()).isNull();
    assertThat(end.exitCode()).isNull();
    assertThat(bench().text(handle)).isEmpty();
  }

  @Test
  final void what_has_ended_stays_as_it_is() throws Exception {
    WorkloadHandle handle = bench().job(Job.EXIT, "3").launch();
    Ended end = bench().awaitEnd(handle);
    bench().backend().stop(Set.of(handle), Duration.ZERO);

    assertThat(bench().observe(handle)).isEqualTo(end);
  }

  @Test
  final void what_is_unknown_is_ignored() throws Exception {
    WorkloadHandle gone = bench().stranger();
    WorkloadHandle handle = begun(Job.OBEDIENT);
    bench().backend().stop(Set.of(gone, handle), LONG);
    bench().backend().stop(Set.of(), LONG);

    assertThat(bench().awaitEnd(handle).cause()).isEqualTo(Cause.STOPPED);
    assertThat(bench().observe(gone)).isInstanceOf(Observation.Missing.class);
  }

  private WorkloadHandle begun(Job job) throws Exception {
    WorkloadHandle handle = bench().job(job).launch();
    bench().awaitBegun(handle);
    return handle;
  }
}
