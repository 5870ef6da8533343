package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.spi.BackendException;
import io.wherry.spi.Observation;
import io.wherry.spi.Observation.Active;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.Observation.Missing;
import io.wherry.spi.Observation.Waiting;
import io.wherry.spi.Watching;
import io.wherry.spi.WorkloadHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** What the backend says while time passes. */
abstract class ObservingGroup extends Group {
  @Test
  final void a_workload_waits_then_is_active_then_has_ended_and_never_goes_back() throws Exception {
    WorkloadHandle handle = bench().job(Job.SLEEP, "2").launch();
    List<Observation> seen = new ArrayList<>();
    bench()
        .await(
            "end of " + handle,
            () -> {
              seen.add(bench().observe(handle));
              return seen.get(seen.size() - 1) instanceof Ended
                  ? Optional.of(true)
                  : Optional.empty();
            });
    for (int i = 0; i < 5; i++) {
      seen.add(bench().observe(handle));
    }

    assertThat(seen).extracting(ObservingGroup::order).isSorted();
    assertThat(seen).hasAtLeastOneElementOfType(Active.class);
    assertThat(new HashSet<>(seen.subList(seen.size() - 5, seen.size()))).hasSize(1);
  }

  @Test
  final void an_ended_one_stays_as_it_is_for_every_client() throws Exception {
    WorkloadHandle handle = bench().job(Job.EXIT, "3").launch();
    Ended end = bench().awaitEnd(handle);
    bench().pause(Duration.ofMillis(200));

    assertThat(bench().observe(handle)).isEqualTo(end);
    assertThat(bench().observe(bench().open(), handle)).isEqualTo(end);
  }

  @Test
  final void times_make_sense() throws Exception {
    WorkloadHandle handle = bench().job(Job.SLEEP, "2").launch();
    Active active = bench().awaitActive(handle);
    Ended end = bench().awaitEnd(handle);

    assertThat(end.startedAt()).isEqualTo(active.since());
    assertThat(end.endedAt()).isNotNull();
    assertThat(Duration.between(end.startedAt(), end.endedAt()))
        .isBetween(Duration.ofMillis(1900), bench().fixture().patience());
  }

  @Test
  final void a_plain_program_is_ready_and_has_no_endpoints() throws Exception {
    Active active = bench().awaitActive(bench().job(Job.SLEEP, "600").launch());

    assertThat(active.ready()).isTrue();
    assertThat(active.endpoints()).isEmpty();
    assertThat(active.restart()).isZero();
  }

  @Test
  final void many_are_answered_in_one_call() throws Exception {
    WorkloadHandle ended = bench().job(Job.EXIT, "0").launch();
    bench().awaitEnd(ended);
    WorkloadHandle active = bench().job(Job.SLEEP, "600").launch();
    bench().awaitActive(active);
    WorkloadHandle unknown = bench().stranger();

    Map<WorkloadHandle, Observation> seen =
        bench().backend().observe(Set.of(ended, active, unknown));

    assertThat(seen.get(ended)).isInstanceOf(Ended.class);
    assertThat(seen.get(active)).isInstanceOf(Active.class);
    assertThat(seen.get(unknown)).isInstanceOf(Missing.class);
    assertThat(bench().backend().observe(Set.of())).isEmpty();
  }

  @Test
  final void one_that_the_engine_does_not_know_is_missing_with_a_reason() throws Exception {
    assertThat(bench().observe(bench().stranger()))
        .isInstanceOfSatisfying(Missing.class, m -> assertThat(m.reason()).isNotBlank());
  }

  @Test
  final void a_handle_of_a_newer_version_is_not_judged() throws Exception {
    WorkloadHandle handle = bench().job(Job.SLEEP, "600").launch();
    WorkloadHandle newer =
        new WorkloadHandle(handle.kind(), handle.version() + 1000, handle.text());
    Observation seen;
    try {
      seen = bench().backend().observe(Set.of(newer)).get(newer);
    } catch (BackendException e) {
      assertThat(e).hasMessageContaining("newer");
      return;
    }
    assertThat(seen).as("absent from the answer, or an exception").isNull();
  }

  @Test
  final void in_an_outage_nothing_is_missing_and_nothing_has_ended() throws Exception {
    WorkloadHandle handle = bench().job(Job.SLEEP, "600").launch();
    bench().awaitActive(handle);
    Optional<BackendFixture.Disturbance> outage = bench().fixture().beginOutage();
    assumeTrue(outage.isPresent(), "the fixture has no way to take the engine out of reach");
    try (BackendFixture.Disturbance open = outage.get()) {
      assertThat(open).isNotNull();
      assertThat(bench().backend().observe(Set.of(handle)).get(handle)).isNull();
    } catch (BackendException e) {
      assertThat(e.kind())
          .isIn(BackendException.Kind.TRANSIENT, BackendException.Kind.UNAUTHORIZED);
    }
    assertThat(bench().observe(handle)).isInstanceOf(Active.class);
  }

  @Test
  final void where_the_engine_wakes_it_wakes_for_an_end() throws Exception {
    Optional<Watching> watching = bench().backend().facet(Watching.class);
    if (watching.isEmpty()) {
      assertThat(bench().capabilities().pollInterval()).isPositive();
      return;
    }
    Set<WorkloadHandle> woken = ConcurrentHashMap.newKeySet();
    watching.get().watch(woken::add);
    WorkloadHandle handle = bench().job(Job.SLEEP, "1").launch();
    bench().awaitBegun(handle);
    woken.clear();

    bench()
        .await(
            "wake-up for " + handle,
            () -> woken.contains(handle) ? Optional.of(true) : Optional.empty());
  }

  private static int order(Observation seen) {
    if (seen instanceof Waiting) {
      return 0;
    }
    if (seen instanceof Active) {
      return 1;
    }
    return seen instanceof Ended ? 2 : 3;
  }
}
