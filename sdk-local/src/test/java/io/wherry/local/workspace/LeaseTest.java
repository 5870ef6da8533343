package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Two JVMs and one workspace. */
final class LeaseTest extends WorkspaceTest {
  /** Another JVM: opens a workspace, says so, and holds it until its standard input ends. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      try (Workspace workspace = Workspace.open(Path.of(args[0]))) {
        System.out.println("open");
        if (args.length > 1) {
          workspace.run("held").command("sh", "-c", args[1]).submit();
          System.out.println("submitted");
        }
        System.in.read();
      }
    }
  }

  private Process holder(String... script) throws IOException {
    ws.close();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            home.toString());
    builder.command().addAll(java.util.List.of(script));
    Process process = builder.redirectError(Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo("open");
    if (script.length > 0) {
      assertThat(out.readLine()).isEqualTo("submitted");
    }
    return process;
  }

  private static void end(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void the_second_is_refused_and_told_who_has_it() throws Exception {
    Process first = holder();
    try {
      assertThatThrownBy(() -> Workspace.open(home))
          .isInstanceOfSatisfying(
              WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.WORKSPACE_LOCKED))
          .hasMessageContaining("pid " + first.pid())
          .hasMessageContaining(" on ")
          .hasMessageContaining("since 20")
          .hasMessageContaining("readOnly()");
    } finally {
      end(first);
    }
    ws = open(home);
    assertThat(await(ws.run("after").command("true").submit()).outcome())
        .isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void the_second_may_look_on() throws Exception {
    Path go = temp.resolve("go");
    Process first = holder("echo seen; until [ -e '" + go + "' ]; do sleep 0.02; done; exit 4");
    try (Workspace reader = Workspace.builder(home).readOnly().open()) {
      Run run = reader.runs().get("held-1");
      until(
          "the reader sees it run",
          () -> run.state() == RunState.RUNNING && run.logs().text().equals("seen\n"));
      assertThat(reader.isReadOnly()).isTrue();
      assertThatThrownBy(run::cancel)
          .isInstanceOfSatisfying(
              WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.READ_ONLY));
      assertThatThrownBy(() -> reader.run("mine").command("true").submit())
          .isInstanceOfSatisfying(
              WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.READ_ONLY));
      assertThatThrownBy(() -> reader.prune(Duration.ZERO)).hasMessageContaining("reading only");
      Files.createFile(go);
      RunResult result = await(run);
      assertThat(result.exitCode()).hasValue(4);
    } finally {
      end(first);
    }
    ws = open(home);
  }

  @Test
  void a_lock_left_by_a_crash_is_no_lock() throws Exception {
    Process first = holder("echo before; sleep 0.3; echo after");
    first.destroyForcibly().waitFor();

    ws = open(home);
    Run run = ws.runs().get("held-1");
    assertThat(await(run).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.logs().text()).isEqualTo("before\nafter\n");
  }
}
