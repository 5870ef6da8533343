package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Feature;
import io.wherry.spi.WorkloadHandle;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What one attempt of a run leaves for the next. */
abstract class AttemptsGroup extends Group {
  @Test
  final void attempts_of_a_run_share_its_checkpoint_folder() throws Exception {
    if (!bench().has(Feature.CHECKPOINT)) {
      assertNoCheckpointFolder();
      return;
    }
    String run = bench().newRun();
    WorkloadHandle first = bench().job(Job.KEEP_ATTEMPT).run(run).launch();
    bench().awaitEnd(first);
    WorkloadHandle second = bench().job(Job.KEEP_ATTEMPT).run(run).attempt(2).launch();
    bench().awaitEnd(second);

    assertThat(bench().text(first)).isEqualTo("1\n1\n");
    assertThat(bench().text(second)).isEqualTo("2\n1\n2\n");
  }

  @Test
  final void the_checkpoint_folder_outlives_a_released_attempt() throws Exception {
    if (!bench().has(Feature.CHECKPOINT)) {
      assertNoCheckpointFolder();
      return;
    }
    String run = bench().newRun();
    WorkloadHandle first = bench().job(Job.KEEP_ATTEMPT).run(run).launch();
    bench().awaitEnd(first);
    bench().backend().release(Set.of(first));
    WorkloadHandle second = bench().job(Job.KEEP_ATTEMPT).run(run).attempt(2).launch();
    bench().awaitEnd(second);

    assertThat(bench().text(second)).isEqualTo("2\n1\n2\n");
  }

  @Test
  final void another_run_has_another_checkpoint_folder() throws Exception {
    if (!bench().has(Feature.CHECKPOINT)) {
      assertNoCheckpointFolder();
      return;
    }
    WorkloadHandle one = bench().job(Job.KEEP_ATTEMPT).launch();
    bench().awaitEnd(one);
    WorkloadHandle other = bench().job(Job.KEEP_ATTEMPT).launch();
    bench().awaitEnd(other);

    assertThat(bench().text(other)).isEqualTo("1\n1\n");
  }

  @Test
  final void the_streams_of_attempts_stay_apart() throws Exception {
    String run = bench().newRun();
    WorkloadHandle first = bench().job(Job.ARGUMENTS, "of the first").run(run).launch();
    bench().awaitEnd(first);
    WorkloadHandle second =
        bench().job(Job.ARGUMENTS, "of the second").run(run).attempt(2).launch();
    bench().awaitEnd(second);

    assertThat(bench().text(first)).isEqualTo("of the first\0");
    assertThat(bench().text(second)).isEqualTo("of the second\0");
  }

  private void assertNoCheckpointFolder() throws Exception {
    WorkloadHandle handle = bench().job(Job.VARIABLES, "WHERRY_CHECKPOINT").launch();
    bench().awaitEnd(handle);
    assertThat(bench().text(handle)).isEqualTo("unset\0");
  }
}
