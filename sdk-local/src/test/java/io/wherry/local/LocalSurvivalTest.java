package io.wherry.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Cause;
import io.wherry.spi.Channel;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Observation;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import io.wherry.spi.help.PidRecord;
import io.wherry.spi.help.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a run when something around it is ended, killed, moved, deleted or full. */
class LocalSurvivalTest {

  private static final String LOOP = "while :; do sleep 0.02; done";

  @TempDir Path folder;
  private Bed bed;

  @BeforeEach
  void open() {
    bed = new Bed(folder);
  }

  @AfterEach
  void close() throws Exception {
    bed.close();
  }

  @Test
  void stop_is_announced_polite_and_then_forced_without_the_client() throws Exception {
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh("trap 'cat $WHERRY_STOPPING' TERM; echo up; " + LOOP)
                .grace(Duration.ofMinutes(5)));
    bed.says(handle, "up");
    bed.backend.stop(Set.of(handle), Duration.ofMillis(300));
    bed.backend.close();
    LocalBackend next = bed.another();
    Bed.until(() -> next.observe(Set.of(handle)).get(handle) instanceof Observation.Ended);
    Observation.Ended ended = (Observation.Ended) next.observe(Set.of(handle)).get(handle);
    assertThat(ended.cause()).isEqualTo(Cause.STOPPED);
    assertThat(ended.exitCode()).isEqualTo(137);
    assertThat(bed.text(handle, Channel.OUT)).isEqualTo("up\nSTOPPED\n");
    next.stop(Set.of(handle), Duration.ZERO);
  }

  @Test
  void a_stop_reaches_processes_that_fled_into_a_session_of_their_own() throws Exception {
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh(
                "(setsid sh -c 'trap \"\" TERM; echo fled; sleep 300' &); trap 'exit 0' TERM; "
                    + LOOP));
    bed.says(handle, "fled");
    bed.backend.stop(Set.of(handle), Duration.ofSeconds(5));
    assertThat(bed.ended(handle).cause()).isEqualTo(Cause.STOPPED);
    assertThat(bed.host.marked(Set.of(bed.firstKey()))).isEmpty();
  }

  @Test
  void a_release_ends_what_a_finished_program_left_behind() throws Exception {
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh(
                "setsid sh -c 'echo fled; sleep 300' & sleep 300 & while ! [ -s ../0/out-0 ]; do"
                    + " sleep 0.01; done"));
    bed.ended(handle);
    assertThat(bed.host.marked(Set.of(bed.firstKey()))).isNotEmpty();
    bed.backend.release(Set.of(handle));
    assertThat(bed.host.marked(Set.of(bed.firstKey()))).isEmpty();
  }

  @Test
  void a_program_may_close_its_streams_early() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh("echo a; exec >&- 2>&-; sleep 0.05; exit 6"));
    assertThat(bed.ended(handle).exitCode()).isEqualTo(6);
    assertThat(bed.text(handle, Channel.OUT)).isEqualTo("a\n");
  }

  @Test
  void a_run_that_has_not_begun_never_begins_after_a_stop() throws Exception {
    long launcher = bed.backend.launcher().id().pid();
    Bed.kill("STOP", launcher);
    WorkloadHandle handle = bed.launch(TestSpec.sh("echo began").resources(8, 0, 0));
    assertThat(bed.look(handle)).isInstanceOf(Observation.Waiting.class);
    bed.backend.stop(Set.of(handle), Duration.ofSeconds(5));
    Observation.Ended ended = (Observation.Ended) bed.look(handle);
    assertThat(ended.cause()).isEqualTo(Cause.STOPPED);
    assertThat(ended.startedAt()).isNull();
    Bed.kill("CONT", launcher);
    assertThat(bed.run(TestSpec.sh("true").resources(8, 0, 0)).exitCode()).isZero();
    assertThat(bed.look(handle)).isEqualTo(ended);
    assertThat(bed.text(handle, Channel.OUT)).isEmpty();
  }

  @Test
  void a_stop_at_any_instant_ends_the_run() throws Exception {
    for (int i = 0; i < 60; i++) {
      WorkloadHandle handle =
          bed.launch(TestSpec.sh("exec sleep 300").grace(Duration.ofMillis(500)));
      long later = System.nanoTime() + i * 100_000L;
      while (System.nanoTime() < later) {
        Thread.onSpinWait();
      }
      bed.backend.stop(Set.of(handle), Duration.ofMillis(500));
      assertThat(bed.ended(handle).cause()).isEqualTo(Cause.STOPPED);
    }
  }

  @Test
  void a_killed_wrapper_leaves_the_program_running_and_its_code_unknown() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh("while ! [ -e go ]; do sleep 0.02; done"));
    PidRecord pids = bed.pids(handle);
    Bed.kill("KILL", pids.wrapper().pid());
    Bed.until(() -> !bed.host.alive(pids.wrapper()));
    assertThat(bed.look(handle)).isInstanceOf(Observation.Active.class);
    Files.createFile(bed.attempt(handle).resolve("work/go"));
    Observation.Ended ended = bed.ended(handle);
    assertThat(ended.cause()).isEqualTo(Cause.EXIT_UNKNOWN);
    assertThat(ended.exitCode()).isNull();
    assertThat(ended.detail()).contains("the job wrapper was killed");
    bed.backend.release(Set.of(handle));
    assertThat(((Observation.Ended) bed.look(handle)).cause()).isEqualTo(Cause.EXIT_UNKNOWN);
  }

  @Test
  void a_program_without_its_wrapper_can_still_be_stopped() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh("trap '' TERM; echo up; " + LOOP));
    bed.says(handle, "up");
    Bed.kill("KILL", bed.pids(handle).wrapper().pid());
    bed.backend.stop(Set.of(handle), Duration.ofMillis(200));
    Observation.Ended ended = bed.ended(handle);
    assertThat(ended.cause()).isEqualTo(Cause.STOPPED);
    assertThat(ended.exitCode()).isNull();
  }

  @Test
  void a_time_limit_is_kept_even_when_the_wrapper_was_killed() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh(LOOP).timeLimit(Duration.ofMillis(800)));
    Bed.kill("KILL", bed.pids(handle).wrapper().pid());
    assertThat(bed.ended(handle).exitCode()).isNull();
  }

  @Test
  void a_killed_program_says_so() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh(LOOP));
    Bed.kill("KILL", bed.pids(handle).programs().get(0).pid());
    Observation.Ended ended = bed.ended(handle);
    assertThat(ended.exitCode()).isEqualTo(137);
    assertThat(ended.cause()).isEqualTo(Cause.EXITED);
    assertThat(ended.detail()).isEqualTo("137 (as by signal 9)");
  }

  @Test
  void a_restarted_machine_has_lost_what_has_no_verdict() throws Exception {
    WorkloadHandle running = bed.launch(TestSpec.sh(LOOP));
    bed.pids(running);
    WorkloadHandle done = bed.launch(TestSpec.sh("exit 2"));
    bed.ended(done);
    Path boot = Files.writeString(folder.resolve("boot_id"), "another-boot\n");
    Host later = new Host(Path.of("/etc/machine-id"), Path.of("/proc/sys/kernel/hostname"), boot);
    LocalBackend next = bed.open(later, bed.backend.slots().folder(), "no-nvidia-smi");
    var seen = next.observe(Set.of(running, done));
    assertThat(((Observation.Ended) seen.get(running)).cause()).isEqualTo(Cause.NODE_LOST);
    assertThat(((Observation.Ended) seen.get(done)).exitCode()).isEqualTo(2);
  }

  @Test
  void a_deleted_run_folder_is_missing_and_its_program_can_be_ended() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh(LOOP));
    bed.pids(handle);
    Folders.delete(bed.attempt(handle));
    assertThat(bed.look(handle))
        .isInstanceOfSatisfying(
            Observation.Missing.class, m -> assertThat(m.reason()).contains("was deleted"));
    bed.backend.stop(Set.of(handle), Duration.ofSeconds(2));
    Bed.until(() -> bed.host.marked(Set.of(bed.firstKey())).isEmpty());
    bed.backend.release(Set.of(handle));
    assertThat(bed.run(TestSpec.sh("true")).exitCode()).isZero();
  }

  @Test
  void a_missing_or_damaged_job_file_has_a_verdict() throws Exception {
    long launcher = bed.backend.launcher().id().pid();
    Bed.kill("STOP", launcher);
    WorkloadHandle missing = bed.launch(TestSpec.sh("true"));
    WorkloadHandle damaged = bed.launch(TestSpec.sh("true"));
    WorkloadHandle homeless = bed.launch(TestSpec.sh("true"));
    Files.delete(bed.attempt(missing).resolve("job"));
    Path job = bed.attempt(damaged).resolve("job");
    String text = Files.readString(job);
    Files.writeString(job, text.substring(0, text.length() / 2));
    Files.delete(bed.attempt(homeless).resolve("work"));
    Bed.kill("CONT", launcher);
    for (WorkloadHandle handle : List.of(missing, damaged, homeless)) {
      Observation.Ended ended = bed.ended(handle);
      assertThat(ended.cause()).isEqualTo(Cause.NOT_STARTED);
      assertThat(ended.exitCode()).isNull();
      assertThat(ended.detail()).isNotEmpty();
    }
    bed.backend.release(Set.of(missing, damaged, homeless));
    assertThat(bed.run(TestSpec.sh("true").resources(8, 0, 0)).exitCode()).isZero();
  }

  @Test
  void a_full_disk_does_not_lose_the_verdict() throws Exception {
    Assumptions.assumeTrue(Bed.root(), "mounting a small file system needs root");
    Path small = Files.createDirectory(folder.resolve("small"));
    Assumptions.assumeTrue(
        new ProcessBuilder(
                    "mount", "-t", "tmpfs", "-o", "size=256k", "wherry-test", small.toString())
                .start()
                .waitFor()
            == 0,
        "mounting a small file system is not allowed here");
    try (Bed tight =
        new Bed(
            small.resolve("ws"),
            folder.resolve("slots"),
            bed.id() + "-small",
            8,
            "none",
            Host.thisMachine())) {
      WorkloadHandle handle =
          tight.launch(
              TestSpec.sh(
                  "cat /dev/zero >../fill 2>/dev/null; cat /dev/zero >>../fill 2>/dev/null; exit"
                      + " 9"));
      assertThat(tight.ended(handle).exitCode()).isEqualTo(9);
      Files.delete(tight.attempt(handle).resolve("fill"));
      assertThat(tight.run(TestSpec.sh("true")).exitCode()).isZero();
    } finally {
      Bed.until(() -> new ProcessBuilder("umount", small.toString()).start().waitFor() == 0);
    }
  }

  @Test
  void three_hundred_rapid_runs_all_get_their_verdict_and_leave_nothing() throws Exception {
    Set<WorkloadHandle> open = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      LaunchKey key = bed.key();
      Workload workload = new Workload(key, TestSpec.command("true").build());
      while (bed.backend.plan(List.of(workload)).launch() instanceof Launch.NoRoom) {
        bed.woken.take();
      }
      open.add(LocalHandle.of(bed.host.id(), key).handle());
    }
    Bed.until(
        () -> {
          open.removeIf(
              h -> {
                try {
                  return bed.look(h) instanceof Observation.Ended e && e.exitCode() == 0;
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
          return open.isEmpty();
        });
    bed.run(TestSpec.command("true"));
    assertThat(children(bed.backend.launcher().id().pid()))
        .as("zombies of the launcher")
        .hasSizeLessThan(3);
  }

  @Test
  void ended_runs_leave_no_timers_behind() throws Exception {
    bed.run(TestSpec.sh("true").timeLimit(Duration.ofHours(1)));
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh("trap 'exit 0' TERM; echo up; " + LOOP).timeLimit(Duration.ofHours(1)));
    bed.says(handle, "up");
    bed.backend.stop(Set.of(handle), Duration.ofHours(1));
    bed.ended(handle);
    long launcher = bed.backend.launcher().id().pid();
    bed.backend.close();
    // The launcher waits for its children, timers included.
    Bed.until(() -> bed.host.ticks(launcher) < 0);
  }

  @Test
  void the_same_key_never_runs_twice() throws Exception {
    LocalBackend other = bed.another();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 25; round++) {
        LaunchKey key = bed.key();
        Workload workload = new Workload(key, TestSpec.sh("echo once").build());
        List<Callable<Launch>> calls = new ArrayList<>();
        for (LocalBackend backend : List.of(bed.backend, other, bed.backend, other)) {
          calls.add(() -> backend.plan(List.of(workload)).launch());
        }
        WorkloadHandle handle = null;
        for (Future<Launch> answer : threads.invokeAll(calls)) {
          handle = ((Launch.Taken) answer.get()).handles().get(key);
        }
        assertThat(bed.ended(handle).exitCode()).isZero();
        bed.launch(key, workload.spec());
        assertThat(bed.text(handle, Channel.OUT)).isEqualTo("once\n");
        bed.backend.release(Set.of(handle));
        other.release(Set.of(handle));
      }
      assertThat(bed.run(TestSpec.sh("true").resources(8, 0, 0)).exitCode())
          .as("no slot is lost")
          .isZero();
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void runs_outlive_a_killed_launcher_and_the_next_one_takes_over() throws Exception {
    WorkloadHandle handle =
        bed.launch(TestSpec.sh("while ! [ -e go ]; do sleep 0.02; done; exit 4"));
    bed.pids(handle);
    long first = bed.backend.launcher().id().pid();
    Bed.kill("KILL", first);
    Bed.until(() -> bed.host.ticks(first) < 0);
    assertThat(bed.run(TestSpec.sh("exit 3")).exitCode()).isEqualTo(3);
    assertThat(bed.backend.launcher().id().pid()).isNotEqualTo(first);
    Files.createFile(bed.attempt(handle).resolve("work/go"));
    Bed.until(() -> handle.equals(bed.woken.poll()));
    assertThat(bed.ended(handle).exitCode()).isEqualTo(4);
  }

  @Test
  void what_a_dead_launcher_never_took_is_missing() throws Exception {
    long launcher = bed.backend.launcher().id().pid();
    Bed.kill("STOP", launcher);
    WorkloadHandle handle = bed.launch(TestSpec.sh("true").resources(8, 0, 0));
    Bed.kill("KILL", launcher);
    Bed.until(() -> bed.look(handle) instanceof Observation.Missing);
    bed.launch(
        new LaunchKey(bed.id(), "run-1", 1), TestSpec.sh("exit 8").resources(8, 0, 0).build());
    assertThat(bed.ended(handle).exitCode()).isEqualTo(8);
  }

  @Test
  void a_closed_client_leaves_runs_running_and_the_next_one_is_woken() throws Exception {
    WorkloadHandle handle =
        bed.launch(TestSpec.sh("while ! [ -e go ]; do sleep 0.02; done; exit 4"));
    bed.pids(handle);
    bed.backend.close();
    LocalBackend next = bed.another();
    var woken = new LinkedBlockingQueue<WorkloadHandle>();
    next.watch(woken::add);
    assertThat(next.observe(Set.of(handle)).get(handle)).isInstanceOf(Observation.Active.class);
    Files.createFile(bed.attempt(handle).resolve("work/go"));
    assertThat(woken.take()).isEqualTo(handle);
    assertThat(((Observation.Ended) next.observe(Set.of(handle)).get(handle)).exitCode())
        .isEqualTo(4);
  }

  @Test
  void a_moved_workspace_still_gets_its_verdicts() throws Exception {
    WorkloadHandle handle =
        bed.launch(TestSpec.sh("while ! [ -e go ]; do sleep 0.02; done; exit 4"));
    bed.pids(handle);
    Path moved = folder.resolve("moved");
    Files.move(bed.folder, moved);
    try (Bed there =
        new Bed(moved, folder.resolve("slots"), bed.id(), 8, "none", Host.thisMachine())) {
      assertThat(there.look(handle)).isInstanceOf(Observation.Active.class);
      Files.createFile(there.attempt(handle).resolve("work/go"));
      assertThat(there.ended(handle).exitCode()).isEqualTo(4);
    }
  }

  @Test
  void a_copied_workspace_judges_and_touches_nothing_of_the_first() throws Exception {
    WorkloadHandle handle =
        bed.launch(TestSpec.sh("while ! [ -e go ]; do sleep 0.02; done; exit 4"));
    bed.pids(handle);
    Path copy = folder.resolve("copy");
    try (Stream<Path> files = Files.walk(bed.folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, copy.resolve(bed.folder.relativize(file).toString()));
      }
    }
    LocalBackend there =
        new LocalBackend(
            new TestContext(copy, bed.id()), bed.host, folder.resolve("slots"), 8, "no-nvidia-smi");
    assertThat(there.observe(Set.of(handle))).isEmpty();
    there.stop(Set.of(handle), Duration.ZERO);
    there.release(Set.of(handle));
    there.close();
    assertThat(bed.look(handle)).isInstanceOf(Observation.Active.class);
    Files.createFile(bed.attempt(handle).resolve("work/go"));
    assertThat(bed.ended(handle).exitCode()).isEqualTo(4);
  }

  @Test
  void a_handle_of_another_host_is_left_alone() throws Exception {
    WorkloadHandle here = bed.launch(TestSpec.sh("true"));
    bed.ended(here);
    WorkloadHandle foreign = new WorkloadHandle("local", 1, "elsewhere@other run-1/1");
    assertThat(bed.backend.observe(Set.of(foreign))).isEmpty();
    assertThat(bed.backend.file(new io.wherry.spi.StreamRef(foreign, 0, 0, Channel.OUT))).isEmpty();
    assertThat(bed.text(foreign, Channel.OUT)).isEmpty();
    bed.backend.stop(Set.of(foreign), Duration.ZERO);
    bed.backend.release(Set.of(foreign));
    assertThat(bed.attempt(here).resolve("work")).isDirectory();
  }

  @Test
  void the_program_starts_with_usual_signals_and_mask() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh("umask; exec grep SigIgn /proc/self/status"));
    bed.ended(handle);
    Process here = new ProcessBuilder("sh", "-c", "umask").start();
    String umask =
        new String(here.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    String[] lines = bed.text(handle, Channel.OUT).split("\n");
    assertThat(lines[0]).isEqualTo(umask.strip());
    long ignored = Long.parseLong(lines[1].replaceAll(".*\\s", ""), 16);
    // INT and QUIT (bits 1 and 2) stay ignored in what some shells start with &, and the C library
    // keeps 32 and up.
    assertThat(ignored & 0x7fff_ffffL & ~0b110L).isZero();
  }

  @Test
  void folders_and_job_files_are_for_their_owner_only() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh("true"));
    bed.ended(handle);
    assertThat(mode(bed.attempt(handle))).isEqualTo("rwx------");
    assertThat(mode(bed.attempt(handle).resolve(RunFolder.JOB))).isEqualTo("rw-------");
  }

  private static String mode(Path path) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path));
  }

  private static List<ProcessHandle> children(long pid) {
    return ProcessHandle.of(pid).orElseThrow().children().toList();
  }
}
