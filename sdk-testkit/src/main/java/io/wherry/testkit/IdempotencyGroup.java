package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Feature;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The same key never runs the user's program twice. */
abstract class IdempotencyGroup extends Group {
  private static final int CLIENTS = 4;

  @Test
  final void launched_again_while_it_runs_it_is_the_same_workload() throws Exception {
    Workload workload = bench().job(Job.SLEEP, "1").workload();
    WorkloadHandle first = bench().launch(workload);
    bench().awaitBegun(first);

    assertThat(bench().launch(workload)).isEqualTo(first);
    assertThat(bench().launch(bench().open(), workload)).isEqualTo(first);
    bench().awaitEnd(first);
    assertThat(bench().text(first)).isEqualTo("begun\ndone\n");
  }

  @Test
  final void launched_again_after_its_end_it_does_not_run_again() throws Exception {
    Workload workload = keeper();
    WorkloadHandle first = bench().launch(workload);
    bench().awaitEnd(first);

    assertThat(bench().launch(workload)).isEqualTo(first);
    assertThat(bench().launch(bench().open(), workload)).isEqualTo(first);
    assertRanOnce(first, workload);
  }

  @Test
  final void launched_by_many_clients_at_once_it_runs_once() throws Exception {
    Workload workload = keeper();
    CyclicBarrier barrier = new CyclicBarrier(CLIENTS);
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    Set<WorkloadHandle> handles = new HashSet<>();
    try {
      List<Future<WorkloadHandle>> launches = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        WorkloadBackend backend = bench().open();
        launches.add(
            clients.submit(
                () -> {
                  barrier.await();
                  return bench().launch(backend, workload);
                }));
      }
      for (Future<WorkloadHandle> launch : launches) {
        handles.add(launch.get());
      }
    } finally {
      clients.shutdownNow();
    }

    assertThat(handles).hasSize(1);
    assertRanOnce(handles.iterator().next(), workload);
  }

  @Test
  final void another_attempt_is_another_workload() throws Exception {
    String run = bench().newRun();
    WorkloadHandle first = bench().job(Job.EXIT, "1").run(run).launch();
    WorkloadHandle second = bench().job(Job.EXIT, "0").run(run).attempt(2).launch();

    assertThat(second).isNotEqualTo(first);
    assertThat(bench().awaitEnd(first).exitCode()).isEqualTo(1);
    assertThat(bench().awaitEnd(second).exitCode()).isZero();
  }

  /** Leaves a trace of every start where there is a place for it, else on standard output alone. */
  private Workload keeper() throws Exception {
    return bench().has(Feature.CHECKPOINT)
        ? bench().job(Job.KEEP_ATTEMPT).workload()
        : bench().job(Job.EXIT, "0").workload();
  }

  private void assertRanOnce(WorkloadHandle handle, Workload workload) throws Exception {
    bench().awaitEnd(handle);
    if (!bench().has(Feature.CHECKPOINT)) {
      assertThat(bench().text(handle)).isEqualTo("begun\n");
      return;
    }
    assertThat(bench().text(handle)).isEqualTo("1\n1\n");
    WorkloadHandle next =
        bench().job(Job.KEEP_ATTEMPT).run(workload.key().runId()).attempt(2).launch();
    bench().awaitEnd(next);
    assertThat(bench().text(next)).as("starts so far").isEqualTo("2\n1\n2\n");
  }
}
