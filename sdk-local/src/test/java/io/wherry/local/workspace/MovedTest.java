package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import io.wherry.spec.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A folder that is not where, or not on the machine, where its runs were started. */
final class MovedTest extends WorkspaceTest {
  private Run running() {
    Run run =
        sh(
                "waiter",
                "echo before; until [ -e '"
                    + temp.resolve("go")
                    + "' ]; do sleep 0.02; done; echo after; exit 6")
            .submit();
    awaitState(run, RunState.RUNNING);
    until("it has printed", () -> run.logs().text().equals("before\n"));
    return run;
  }

  @Test
  void a_moved_folder_keeps_its_runs() throws IOException {
    running();
    String id = ws.id();
    ws.close();
    Path moved = temp.resolve("moved");
    Files.move(home, moved);
    ws = open(moved);
    assertThat(ws.id()).isEqualTo(id);
    Run run = ws.runs().get("waiter-1");
    assertThat(run.await(Duration.ofMillis(300))).isEmpty();
    Files.createFile(temp.resolve("go"));
    RunResult result = await(run);

    assertThat(result.exitCode()).as(result::toString).hasValue(6);
    assertThat(run.logs().text()).isEqualTo("before\nafter\n");
    assertThat(await(ws.run("more").command("true").submit()).outcome())
        .isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void a_copy_judges_no_run_of_the_original() throws Exception {
    running();
    ws.close();
    Path copy = temp.resolve("copy");
    assertThat(
            new ProcessBuilder("cp", "-a", home.toString(), copy.toString())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
    try (Workspace second = open(copy)) {
      assertThat(second.id()).isNotEqualTo(ws.id());
      Run copied = second.runs().get("waiter-1");
      Files.createFile(temp.resolve("go"));
      assertThat(copied.await(Duration.ofMillis(500))).isEmpty();
      assertThat(copied.state()).isEqualTo(RunState.RUNNING);
      assertThat(copied.reason()).contains("belongs to", home.toString());
      assertThatThrownBy(copied::cancel)
          .isInstanceOf(WherryException.class)
          .hasMessageContaining("belongs to");
      assertThat(await(second.run("own").command("true").submit()).outcome())
          .isEqualTo(Outcome.SUCCEEDED);
    }
    ws = open(home);
    RunResult result = await(ws.runs().get("waiter-1"));
    assertThat(result.exitCode()).as(result::toString).hasValue(6);
    assertThat(ws.runs().get("waiter-1").logs().text()).isEqualTo("before\nafter\n");
  }

  @Test
  void another_host_judges_no_run_of_the_first() throws Exception {
    running();
    ws.close();
    // as if the folder came from a machine of another name
    String here =
        Files.exists(Path.of("/etc/machine-id"))
            ? Files.readString(Path.of("/etc/machine-id")).strip()
            : "";
    rename(here, "another-machine");
    ws = open(home);
    Run foreign = ws.runs().get("waiter-1");
    assertThat(foreign.await(Duration.ofMillis(500))).isEmpty();
    assertThat(foreign.reason()).contains("belongs to", "another-machine");
    assertThat(await(ws.run("own").command("true").submit()).outcome())
        .isEqualTo(Outcome.SUCCEEDED);
    assertThat(processesOf(ws.id())).as("the first one's program is let alone").isNotEmpty();
    ws.close();
    rename("another-machine", here);

    Files.createFile(temp.resolve("go"));
    until("the program has ended", () -> processesOf(ws.id()).isEmpty());
    ws = open(home);
  }

  private void rename(String from, String to) throws SQLException {
    try (Connection db =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("workspace.db"));
        Statement statement = db.createStatement()) {
      String quoted = from.isEmpty() ? "\"host\":\"\"" : from;
      statement.executeUpdate(
          "update meta set value = replace(value, '"
              + quoted
              + "', '"
              + to
              + "') where key = 'workspace.homes'");
      statement.executeUpdate(
          "update attempt set handle = replace(handle, '" + quoted + "', '" + to + "')");
    }
  }
}
