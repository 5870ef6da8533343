package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spi.Channel;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.WorkloadHandle;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Runs of several processes. */
abstract class RanksGroup extends Group {
  @Test
  final void a_single_process_is_rank_0_of_1() throws Exception {
    WorkloadHandle handle = bench().job(Job.RANK).launch();

    bench().awaitEnd(handle);
    assertThat(bench().text(handle)).matches("0 1 0 0 \\S+:[1-9][0-9]*\n");
  }

  @Test
  final void every_rank_of_a_node_knows_its_place_and_has_streams_of_its_own() throws Exception {
    JobDraft job = bench().job(Job.RANK).ranks(1, 3);
    if (!bench().has(Feature.RANKS)) {
      bench().assertRefused(job, "processesPerNode");
      return;
    }
    WorkloadHandle handle = job.launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    Set<String> masters = new HashSet<>();
    for (int rank = 0; rank < 3; rank++) {
      String line = bench().text(handle, rank, Channel.OUT);
      assertThat(line).startsWith(rank + " 3 " + rank + " 0 ");
      masters.add(line.substring(line.lastIndexOf(' ')));
    }
    assertThat(masters).as("addresses of rank 0").hasSize(1);
  }

  @Test
  final void ranks_are_numbered_over_all_nodes() throws Exception {
    JobDraft job = bench().job(Job.RANK).ranks(2, 2);
    if (!bench().has(Feature.GANG)) {
      bench().assertRefused(job, "nodes");
      return;
    }
    WorkloadHandle handle = job.launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    for (int rank = 0; rank < 4; rank++) {
      assertThat(bench().text(handle, rank, Channel.OUT))
          .startsWith(rank + " 4 " + rank % 2 + " " + rank / 2 + " ");
    }
  }

  @Test
  final void one_failed_rank_ends_the_others_and_decides() throws Exception {
    JobDraft job = bench().job(Job.ONE_RANK_FAILS).ranks(1, 3);
    if (!bench().has(Feature.RANKS)) {
      bench().assertRefused(job, "processesPerNode");
      return;
    }
    Ended end = bench().awaitEnd(job.launch());

    assertThat(end.exitCode()).isEqualTo(3);
    assertThat(end.rank()).isEqualTo(1);
    assertThat(end.cause()).isEqualTo(Cause.EXITED);
    bench().awaitNoProcesses();
  }
}
