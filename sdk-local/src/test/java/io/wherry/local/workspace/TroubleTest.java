package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What goes wrong around a run: each has its verdict, and the workspace stays usable. */
final class TroubleTest extends WorkspaceTest {
  private Run running() {
    Run run = sh("victim", "echo $$; exec sleep 600").submit();
    awaitState(run, RunState.RUNNING);
    until("it has printed", () -> run.logs().text().endsWith("\n"));
    return run;
  }

  private static long program(Run run) {
    return Long.parseLong(run.logs().text().strip());
  }

  private long wrapper(Run run) throws IOException {
    String pids = Files.readString(home.resolve("runs").resolve(run.id()).resolve("1/0/pid"));
    return Long.parseLong(pids.split(" ")[0]);
  }

  private void stillUsable() {
    assertThat(await(ws.run("next").command("true").submit()).outcome())
        .isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void a_program_killed_from_outside_has_failed_with_the_signal() {
    Run run = running();
    kill(program(run));
    RunResult result = await(run);

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.exitCode()).hasValue(137);
    assertThat(result.reason()).contains("signal 9");
    stillUsable();
  }

  @Test
  void a_killed_wrapper_leaves_the_program_and_no_exit_code() throws IOException {
    Run run = running();
    kill(wrapper(run));
    assertThat(run.await(Duration.ofMillis(600))).as("the program still runs").isEmpty();
    kill(program(run));
    RunResult result = await(run);

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.cause()).isEqualTo(Cause.EXIT_UNKNOWN);
    assertThat(result.exitCode()).isEmpty();
    assertThat(result.reason()).contains("wrapper was killed");
    stillUsable();
  }

  @Test
  void a_run_without_its_wrapper_can_be_canceled() throws IOException {
    Run run = running();
    kill(wrapper(run));
    run.cancel();
    RunResult result = await(run);

    assertThat(result.outcome()).as(result::toString).isEqualTo(Outcome.CANCELED);
    until("the program is gone", () -> processesOf(ws.id()).isEmpty());
  }

  @Test
  void wrapper_and_program_killed_together_are_no_success() throws IOException {
    Run run = running();
    kill(wrapper(run));
    kill(program(run));

    assertThat(await(run).cause()).isEqualTo(Cause.EXIT_UNKNOWN);
    stillUsable();
  }

  @Test
  void a_killed_launcher_takes_no_run_with_it() throws IOException {
    Run run = sh("victim", "sleep 0.5; echo done").submit();
    awaitState(run, RunState.RUNNING);
    long launcher = ProcessHandle.of(wrapper(run)).orElseThrow().parent().orElseThrow().pid();
    kill(launcher);

    assertThat(await(run).outcome()).isEqualTo(Outcome.SUCCEEDED);
    stillUsable();
  }

  @Test
  void after_a_reboot_what_ran_is_lost_with_its_machine() throws IOException {
    Run run = running();
    long program = program(run);
    long wrapper = wrapper(run);
    ws.close();
    kill(wrapper);
    kill(program);
    until(
        "both are gone",
        () -> ProcessHandle.of(program).isEmpty() && ProcessHandle.of(wrapper).isEmpty());
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    Path folder = home.resolve("runs/victim-1/1");
    for (Path file : List.of(folder.resolve("job"), folder.resolve("0/claim"))) {
      byte[] bytes = Files.readAllBytes(file);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      Files.write(
          file,
          text.replace(boot, "0".repeat(boot.length())).getBytes(StandardCharsets.ISO_8859_1));
    }
    ws = open(home);
    RunResult result = await(ws.runs().get("victim-1"));

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.cause()).isEqualTo(Cause.NODE_LOST);
    assertThat(result.reason()).contains("restarted");
    stillUsable();
  }

  @Test
  void a_run_whose_folder_was_deleted_is_lost_and_its_program_ended() throws IOException {
    Run run = running();
    delete(home.resolve("runs/victim-1"));
    RunResult result = await(run);

    assertThat(result.outcome()).isEqualTo(Outcome.LOST);
    assertThat(result.reason()).contains("deleted", "victim-1");
    until("its program is gone", () -> processesOf(ws.id()).isEmpty());
    stillUsable();
  }

  @Test
  void all_run_folders_may_be_deleted_while_it_is_closed() throws IOException {
    Run run = sh("victim", "sleep 0.4").submit();
    awaitState(run, RunState.RUNNING);
    ws.close();
    delete(home.resolve("runs"));
    ws = open(home);

    assertThat(await(ws.runs().get("victim-1")).outcome()).isEqualTo(Outcome.LOST);
    stillUsable();
  }

  @Test
  void a_client_that_died_between_writing_a_run_folder_and_telling_the_launcher_loses_no_run()
      throws IOException {
    Path go = temp.resolve("go");
    Run blocker =
        sh("blocker", "until [ -e '" + go + "' ]; do sleep 0.02; done")
            .resources(r -> r.cpus(4))
            .submit();
    awaitState(blocker, RunState.RUNNING);
    sh("victim", "echo started").submit();
    ws.close(); // the launcher lives on with the blocker, but nobody can tell it anything more
    Path folder = home.resolve("runs/victim-1/1");
    Files.createDirectories(folder.resolve("0"));
    Path other = home.resolve("runs/blocker-1/1");
    String job =
        Files.readString(other.resolve("job"))
            .replace("blocker-1", "victim-1")
            .replace(inode(other), inode(folder));
    Files.writeString(folder.resolve("job"), job);
    ws = open(home);
    Run run = ws.runs().get("victim-1");
    assertThat(run.await(Duration.ofSeconds(3))).isEmpty();
    Files.createFile(go);
    RunResult result = await(run);

    assertThat(result.outcome()).as(result::toString).isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.logs().text()).isEqualTo("started\n");
  }

  private static String inode(Path folder) throws IOException {
    return Files.getAttribute(folder, "unix:ino").toString();
  }

  @Test
  void a_full_disk_loses_no_verdict() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "only root can mount a small file system");
    Path disk = Files.createDirectories(temp.resolve("disk"));
    assumeTrue(
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("mount").toFile())
                .start()
                .waitFor()
            == 0,
        "mounting is not allowed here");
    try {
      fullDisk(disk);
    } finally {
      assertThat(new ProcessBuilder("umount", "-l", disk.toString()).inheritIO().start().waitFor())
          .isZero();
    }
  }

  private void fullDisk(Path disk) throws IOException {
    try (Workspace small = open(disk.resolve("ws"))) {
      Run run =
          small
              .run("filler")
              .command("sh", "-c", "yes | head -c 20000000; echo rc $? >&2; exit 3")
              .submit();
      Path exit = disk.resolve("ws/runs/filler-1/1/0/exit");
      until("the record of its end is whole", () -> text(exit).contains(" END"));
      Files.write(disk.resolve("ws/runs/filler-1/1/0/out-0"), new byte[0]); // somebody makes room
      RunResult result = await(run);
      assertThat(result.outcome()).as(result::toString).isEqualTo(Outcome.FAILED);
      assertThat(result.exitCode()).hasValue(3);
      assertThat(await(small.run("next").command("true").submit()).outcome())
          .isEqualTo(Outcome.SUCCEEDED);
    }
    try (Workspace again = open(disk.resolve("ws"))) {
      assertThat(again.runs().list(10)).hasSize(2);
      assertThat(again.runs().get("filler-1").state()).isEqualTo(RunState.FAILED);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) { // not there yet
      return "";
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
