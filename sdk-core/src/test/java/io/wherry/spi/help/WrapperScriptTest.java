package io.wherry.spi.help;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Cause;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The job wrapper under every shell of this machine: what one of them forgives, another does not.
 */
class WrapperScriptTest {

  @TempDir Path folder;

  static Stream<String> shells() {
    boolean linux = Files.isReadable(Path.of("/proc/self/stat"));
    if (!linux && System.getenv().getOrDefault("WHERRY_REQUIRE_ENGINES", "").contains("local")) {
      Assertions.fail("WHERRY_REQUIRE_ENGINES asks for the local target, which needs /proc");
    }
    Assumptions.assumeTrue(linux, "the job wrapper needs /proc");
    return Stream.of("sh", "dash", "bash", "bash --posix", "busybox sh", "ksh93", "mksh")
        .filter(shell -> onPath(shell.split(" ", -1)[0]));
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
  }

  private void job(String run, int ranks, @Nullable Duration limit, String script)
      throws IOException {
    Path attempt = folder.resolve(run);
    Files.createDirectories(attempt.resolve("0"));
    Files.createDirectories(attempt.resolve("work"));
    Files.writeString(attempt.resolve(RunFolder.pid(0)), PidRecord.blank(ranks));
    Files.writeString(attempt.resolve(RunFolder.exit(0)), ExitRecord.blank());
    Files.writeString(folder.resolve("cpu-" + run), "held\n");
    JobFile job =
        new JobFile(
            "test",
            folder + "/" + run,
            "boot",
            ranks,
            limit,
            Duration.ofMillis(200),
            attempt.toString(),
            Map.of("WHERRY_LAUNCH_KEY", folder + "/" + run, "QUOTED", "it's"),
            List.of(),
            false,
            null,
            folder.toString(),
            List.of("cpu-" + run),
            List.of("sh", "-c", script));
    Files.writeString(attempt.resolve(RunFolder.JOB), job.text());
  }

  /** Starts runs from one launcher and waits for all its answers. */
  private List<String> serve(String shell, List<String> runs) throws Exception {
    List<String> argv = new ArrayList<>(Arrays.asList(shell.split(" ", -1)));
    argv.addAll(List.of(WrapperScript.load().install(folder).toString(), "serve", "boot"));
    Process launcher =
        new ProcessBuilder(argv).directory(folder.toFile()).redirectErrorStream(true).start();
    StringBuilder lines = new StringBuilder();
    runs.forEach(run -> lines.append(run).append(" 0 ").append(run).append('\n'));
    launcher.getOutputStream().write(lines.toString().getBytes(StandardCharsets.UTF_8));
    launcher.getOutputStream().close();
    List<String> answers = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(launcher.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = out.readLine()) != null) {
        answers.add(line);
      }
    }
    assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return answers;
  }

  /** Processes that still go by the script in this test's folder. */
  private List<String> leftOver() {
    return Stream.of(Objects.requireNonNull(new File("/proc").list()))
        .filter(name -> Character.isDigit(name.charAt(0)))
        .filter(
            pid -> {
              try {
                return Files.readString(Path.of("/proc/" + pid + "/cmdline"))
                    .contains(folder.toString());
              } catch (IOException e) { // gone
                return false;
              }
            })
        .toList();
  }

  private ExitRecord exit(String run) throws IOException {
    return ExitRecord.parse(Files.readString(folder.resolve(run).resolve(RunFolder.exit(0))))
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void every_kind_of_end_has_its_record(String shell) throws Exception {
    job("plain", 1, null, "echo $QUOTED $RANK; echo e >&2; exit 3");
    job(
        "limited",
        1,
        Duration.ofMillis(200),
        "trap '' TERM; setsid sleep 100 & while :; do sleep 0.02; done");
    job(
        "polite",
        1,
        Duration.ofMillis(200),
        "trap 'cat $WHERRY_STOPPING; exit 4' TERM; while :; do sleep 0.02; done");
    job("ranks", 3, null, "[ $RANK != 1 ] || exit 7; sleep 100");
    job("missing", 1, null, "true");
    Files.delete(folder.resolve("missing/job"));
    job("cut", 1, null, "true");
    Files.writeString(folder.resolve("cut/job"), "w_x='no end");
    job("homeless", 1, null, "true");
    Files.delete(folder.resolve("homeless/work"));
    job("signalled", 1, null, "kill -KILL $$");
    List<String> answers =
        serve(
            shell,
            List.of(
                "plain",
                "limited",
                "polite",
                "ranks",
                "missing",
                "cut",
                "homeless",
                "signalled",
                "nowhere",
                "plain"));
    assertThat(answers)
        .containsExactlyInAnyOrder(
            "E plain",
            "E limited",
            "E polite",
            "E ranks",
            "E missing",
            "E cut",
            "E homeless",
            "E signalled",
            "E nowhere",
            "E plain",
            "Q");
    assertThat(exit("plain")).isEqualTo(new ExitRecord(3, Cause.EXITED, 0, ""));
    assertThat(folder.resolve("plain/0/out-0")).hasContent("it's 0");
    assertThat(folder.resolve("plain/0/err-0")).hasContent("e");
    assertThat(folder.resolve("cpu-plain")).isEmptyFile();
    assertThat(exit("limited")).isEqualTo(new ExitRecord(137, Cause.TIME_LIMIT, 0, ""));
    assertThat(exit("polite")).isEqualTo(new ExitRecord(4, Cause.TIME_LIMIT, 0, ""));
    assertThat(folder.resolve("polite/0/out-0")).hasContent("TIME_LIMIT");
    assertThat(exit("ranks")).isEqualTo(new ExitRecord(7, Cause.EXITED, 1, ""));
    assertThat(exit("missing")).isEqualTo(new ExitRecord(126, Cause.NOT_STARTED, 0, "NO_JOB"));
    assertThat(exit("cut")).isEqualTo(new ExitRecord(126, Cause.NOT_STARTED, 0, "BAD_JOB"));
    assertThat(exit("homeless")).isEqualTo(new ExitRecord(126, Cause.NOT_STARTED, 0, "NO_FOLDER"));
    assertThat(exit("signalled").exitCode()).isEqualTo(137);
    PidRecord pids =
        PidRecord.parse(Files.readString(folder.resolve("ranks").resolve(RunFolder.pid(0))))
            .orElseThrow();
    assertThat(pids.programs()).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void short_runs_never_lose_their_record(String shell) throws Exception {
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      runs.add("r" + i);
      job("r" + i, 1, i % 10 == 0 ? Duration.ofHours(1) : null, "exit " + i);
    }
    Set<String> expected = new HashSet<>(Set.of("Q"));
    runs.forEach(run -> expected.add("E " + run));
    assertThat(serve(shell, runs)).hasSize(101).containsAll(expected);
    for (int i = 0; i < 100; i++) {
      assertThat(exit("r" + i)).isEqualTo(new ExitRecord(i, Cause.EXITED, 0, ""));
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!leftOver().isEmpty() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(leftOver()).as("timers of runs that are over").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void one_run_can_be_started_without_a_launcher(String shell) throws Exception {
    job("single", 1, null, "exit 6");
    List<String> argv = new ArrayList<>(Arrays.asList(shell.split(" ", -1)));
    argv.addAll(
        List.of(WrapperScript.load().install(folder).toString(), "run", "single", "0", "job-17"));
    Process wrapper = new ProcessBuilder(argv).directory(folder.toFile()).start();
    assertThat(wrapper.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(exit("single")).isEqualTo(new ExitRecord(6, Cause.EXITED, 0, ""));
    assertThat(Files.readString(folder.resolve("single/0/claim"))).endsWith(" job-17\n");
  }
}
