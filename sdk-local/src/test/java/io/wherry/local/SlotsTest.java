package io.wherry.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.spec.Feature;
import io.wherry.spi.Channel;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CPUs and GPUs of one host, shared by workspaces. */
class SlotsTest {

  private static final String LOOP = "while :; do sleep 0.02; done";

  @TempDir Path folder;

  private Bed bed(String workspace, int cpus, String nvidiaSmi) {
    return new Bed(
        folder.resolve(workspace),
        folder.resolve("slots"),
        workspace + "-" + UUID.randomUUID(),
        cpus,
        nvidiaSmi,
        Host.thisMachine());
  }

  private static Launch ask(Bed bed, TestSpec spec) throws Exception {
    return bed.backend.plan(List.of(new Workload(bed.key(), spec.build()))).launch();
  }

  @Test
  void two_workspaces_never_share_a_cpu_and_say_who_has_it() throws Exception {
    try (Bed one = bed("one", 2, "none");
        Bed two = bed("two", 2, "none")) {
      WorkloadHandle mine = one.launch(TestSpec.sh(LOOP));
      WorkloadHandle other = two.launch(TestSpec.sh(LOOP));
      one.pids(mine);
      two.pids(other);
      assertThat(ask(one, TestSpec.sh("true")))
          .isEqualTo(new Launch.NoRoom("2 of 2 CPUs are taken, 1 by another workspace"));
      assertThat(one.context.runsFolder().resolve("run-2")).doesNotExist();
      two.backend.stop(Set.of(other), Duration.ofSeconds(5));
      two.ended(other);
      assertThat(ask(one, TestSpec.sh("true"))).isInstanceOf(Launch.Taken.class);
    }
  }

  @Test
  void slots_outlive_launcher_and_wrapper_and_end_with_the_program() throws Exception {
    try (Bed bed = bed("one", 1, "none")) {
      WorkloadHandle handle = bed.launch(TestSpec.sh(LOOP));
      var pids = bed.pids(handle);
      Bed.until(
          () ->
              Files.readString(folder.resolve("slots/cpu-0"))
                  .contains(" " + pids.wrapper().pid() + " "));
      Bed.kill("KILL", bed.backend.launcher().id().pid());
      Bed.kill("KILL", pids.wrapper().pid());
      Bed.until(() -> !bed.host.alive(pids.wrapper()));
      assertThat(ask(bed, TestSpec.sh("true"))).isInstanceOf(Launch.NoRoom.class);
      Bed.kill("KILL", pids.programs().get(0).pid());
      Bed.until(() -> ask(bed, TestSpec.sh("true")) instanceof Launch.Taken);
    }
  }

  @Test
  void a_batch_takes_all_or_nothing() throws Exception {
    try (Bed bed = bed("one", 3, "none")) {
      Workload first = new Workload(bed.key(), TestSpec.sh("true").resources(2, 0, 0).build());
      Workload second = new Workload(bed.key(), TestSpec.sh("true").resources(2, 0, 0).build());
      assertThat(bed.backend.plan(List.of(first, second)).launch())
          .isInstanceOf(Launch.NoRoom.class);
      assertThat(bed.launch(TestSpec.sh("true").resources(3, 0, 0))).isNotNull();
    }
  }

  @Test
  void more_than_the_machine_lends_is_refused() {
    try (Bed bed = bed("one", 2, "none")) {
      assertThatThrownBy(() -> ask(bed, TestSpec.sh("true").resources(3, 0, 0)))
          .hasMessageContaining("3 CPUs, this machine lends 2");
      assertThatThrownBy(() -> ask(bed, TestSpec.sh("true").resources(1, 0, 1)))
          .hasMessageContaining("1 GPUs, this machine has 0");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void gpus_are_counted_lent_and_split_over_ranks() throws Exception {
    Path tool =
        Files.writeString(
            folder.resolve("nvidia-smi"),
            "#!/bin/sh\n"
                + "[ \"$1\" = -L ] && for i in 0 1 2 3; do echo \"GPU $i: Fake (UUID: GPU-$i)\";"
                + " done\n");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
    try (Bed bed = bed("one", 8, tool.toString())) {
      var can = bed.backend.probe();
      assertThat(can.features()).contains(Feature.GPU);
      assertThat(can.nodeSizes().get(0).gpus()).isEqualTo(4);
      WorkloadHandle holder =
          bed.launch(TestSpec.sh("echo $CUDA_VISIBLE_DEVICES; " + LOOP).resources(1, 0, 2));
      bed.says(holder, "0,1\n");
      WorkloadHandle ranks =
          bed.launch(TestSpec.sh("echo $CUDA_VISIBLE_DEVICES").processes(2).resources(1, 0, 2));
      bed.ended(ranks);
      assertThat(bed.text(ranks, 0, Channel.OUT)).isEqualTo("2\n");
      assertThat(bed.text(ranks, 1, Channel.OUT)).isEqualTo("3\n");
      WorkloadHandle none = bed.launch(TestSpec.sh("echo [${CUDA_VISIBLE_DEVICES-all}]"));
      bed.ended(none);
      assertThat(bed.text(none, Channel.OUT)).isEqualTo("[]\n");
      assertThat(ask(bed, TestSpec.sh("true").resources(1, 0, 3)))
          .isEqualTo(new Launch.NoRoom("2 of 4 GPUs are taken"));
    }
  }

  @Test
  void owners_of_an_earlier_boot_hold_nothing() throws Exception {
    Files.createDirectories(folder.resolve("slots"));
    long me = ProcessHandle.current().pid();
    try (Bed bed = bed("one", 1, "none")) {
      Files.writeString(
          folder.resolve("slots/cpu-0"), "old-boot ws/x/1 " + me + " " + bed.host.ticks(me) + "\n");
      assertThat(ask(bed, TestSpec.sh("true"))).isInstanceOf(Launch.Taken.class);
    }
  }

  @Test
  void a_key_is_not_part_of_another_one() throws Exception {
    try (Bed bed = bed("one", 8, "none")) {
      WorkloadHandle long1 =
          bed.launch(new LaunchKey(bed.id(), "r", 11), TestSpec.sh("echo up; " + LOOP).build());
      bed.says(long1, "up");
      WorkloadHandle short1 =
          bed.launch(
              new LaunchKey(bed.id(), "r", 1),
              TestSpec.sh("echo up; " + LOOP).grace(Duration.ofMillis(100)).build());
      bed.says(short1, "up");
      bed.backend.stop(Set.of(short1), Duration.ofMillis(100));
      bed.ended(short1);
      bed.backend.release(Set.of(short1));
      assertThat(bed.look(long1)).isInstanceOf(io.wherry.spi.Observation.Active.class);
    }
  }
}
