package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.WorkloadHandle;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What nobody may exceed. */
abstract class LimitsGroup extends Group {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  final void the_time_limit_is_kept_without_a_client() throws Exception {
    JobDraft job = bench().job(Job.SLEEP, "600").timeLimit(Duration.ofSeconds(1));
    if (!bench().has(Feature.TIME_LIMIT)) {
      bench().assertRefused(job, "timeLimit");
      return;
    }
    WorkloadHandle handle = job.launch();
    bench().awaitActive(handle);
    bench().backend().close();
    bench().pause(Duration.ofSeconds(4));

    assertThat(bench().observe(bench().open(), handle))
        .isInstanceOfSatisfying(
            Ended.class,
            end -> {
              assertThat(end.cause()).isEqualTo(Cause.TIME_LIMIT);
              assertThat(Duration.between(end.startedAt(), end.endedAt()))
                  .isBetween(Duration.ofMillis(900), Duration.ofMillis(3900));
            });
    bench().awaitNoProcesses();
  }

  @Test
  final void after_the_time_limit_and_the_grace_a_program_is_killed() throws Exception {
    JobDraft job =
        bench().job(Job.STUBBORN).timeLimit(Duration.ofSeconds(1)).grace(Duration.ofSeconds(1));
    if (!bench().has(Feature.TIME_LIMIT)) {
      bench().assertRefused(job, "timeLimit");
      return;
    }

    assertThat(bench().awaitEnd(job.launch()).cause()).isEqualTo(Cause.TIME_LIMIT);
    bench().awaitNoProcesses();
  }

  @Test
  final void a_program_that_ends_in_time_is_left_alone() throws Exception {
    JobDraft job = bench().job(Job.EXIT, "3").timeLimit(Duration.ofMinutes(5));
    if (!bench().has(Feature.TIME_LIMIT)) {
      bench().assertRefused(job, "timeLimit");
      return;
    }
    Ended end = bench().awaitEnd(job.launch());

    assertThat(end.cause()).isEqualTo(Cause.EXITED);
    assertThat(end.exitCode()).isEqualTo(3);
    bench().awaitNoProcesses();
  }

  @Test
  final void the_time_limit_counts_from_the_start_of_the_program() throws Exception {
    JobDraft job = bench().job(Job.SLEEP, "1").timeLimit(Duration.ofSeconds(3));
    Optional<BackendFixture.Disturbance> congestion = bench().fixture().beginCongestion();
    assumeTrue(congestion.isPresent(), "the fixture has no way to let workloads wait");
    WorkloadHandle handle;
    try (BackendFixture.Disturbance open = congestion.get()) {
      assertThat(open).isNotNull();
      handle = job.launch();
      bench().pause(Duration.ofSeconds(4));
    }

    assertThat(bench().awaitEnd(handle).cause()).isEqualTo(Cause.EXITED);
  }

  @Test
  final void the_memory_limit_is_enforced() throws Exception {
    JobDraft job = bench().job(Job.USE_MEMORY).memoryLimit(64 * MEBIBYTE);
    if (!bench().has(Feature.MEMORY_LIMIT)) {
      bench().assertRefused(job, "resources.memoryLimit");
      return;
    }
    WorkloadHandle handle = job.launch();
    Ended end = bench().awaitEnd(handle);

    assertThat(bench().text(handle)).isEmpty();
    assertThat(end.exitCode()).isNotEqualTo(0);
    if (bench().has(Feature.DETECTS_OUT_OF_MEMORY)) {
      assertThat(end.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
    } else {
      assertThat(end.cause()).isIn(Cause.EXITED, Cause.SIGNALED);
    }
  }

  @Test
  final void below_the_memory_limit_a_program_is_left_alone() throws Exception {
    JobDraft job = bench().job(Job.USE_MEMORY).memoryLimit(1024 * MEBIBYTE);
    if (!bench().has(Feature.MEMORY_LIMIT)) {
      bench().assertRefused(job, "resources.memoryLimit");
      return;
    }
    WorkloadHandle handle = job.launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    assertThat(bench().text(handle)).isEqualTo("survived\n");
  }
}
