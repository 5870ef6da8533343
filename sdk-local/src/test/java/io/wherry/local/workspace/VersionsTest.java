package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.wherry.Run;
import io.wherry.Workspace;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Files of a workspace that are newer, damaged or not to be written. */
final class VersionsTest extends WorkspaceTest {
  private void sql(String statement) throws SQLException {
    try (Connection db =
            DriverManager.getConnection("jdbc:sqlite:" + home.resolve("workspace.db"));
        Statement s = db.createStatement()) {
      s.executeUpdate(statement);
    }
  }

  private WherryException refused(Path folder) {
    WherryException e =
        catchThrowableOfType(WherryException.class, () -> Workspace.open(folder).close());
    assertThat(e).as("it has to be refused").isNotNull();
    return e;
  }

  @Test
  void a_newer_store_is_refused_and_left_as_it_is() throws Exception {
    ws.close();
    sql("pragma user_version = 99");
    WherryException e = refused(home);

    assertThat(e.code()).isEqualTo(Code.NEWER_VERSION);
    assertThat(e).hasMessageContaining("99").hasMessageContaining("update Wherry");
    sql("pragma user_version = 1");
    ws = open(home);
  }

  @Test
  void a_run_with_a_newer_spec_harms_no_other_run() throws Exception {
    await(sh("new", "true").submit());
    await(sh("old", "true").submit());
    ws.close();
    sql("update spec set json = replace(json, '\"version\":1', '\"version\":99') where run = 1");
    ws = open(home);

    WherryException e =
        catchThrowableOfType(WherryException.class, () -> ws.runs().get("new-1").spec());
    assertThat(e).isNotNull();
    assertThat(e.code()).isEqualTo(Code.NEWER_VERSION);
    assertThat(ws.runs().get("old-1").state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(await(sh("next", "true").submit()).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void an_unended_run_with_a_newer_spec_waits_for_a_newer_client() throws Exception {
    Run run = sh("new", "sleep 0.3").submit();
    awaitState(run, RunState.RUNNING);
    ws.close();
    sql("update spec set json = replace(json, '\"version\":1', '\"version\":99') where run = 1");
    ws = open(home);

    assertThat(await(sh("next", "true").submit()).outcome()).isEqualTo(Outcome.SUCCEEDED);
    ws.close();
    sql("update spec set json = replace(json, '\"version\":99', '\"version\":1') where run = 1");
    ws = open(home);
    assertThat(await(ws.runs().get("new-1")).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void a_newer_handle_is_not_judged_and_holds_nobody_up() throws Exception {
    Run run = sh("new", "sleep 0.3").submit();
    awaitState(run, RunState.RUNNING);
    ws.close();
    sql("update attempt set handle = replace(handle, 'local:1:', 'local:99:')");
    ws = open(home);

    assertThat(await(sh("next", "true").submit()).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(ws.runs().get("new-1").await(Duration.ofMillis(300))).isEmpty();
    ws.close();
    sql("update attempt set handle = replace(handle, 'local:99:', 'local:1:')");
    ws = open(home);
    assertThat(await(ws.runs().get("new-1")).outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void a_damaged_database_is_refused_and_left_as_it_is() throws IOException {
    await(sh("some", "true").submit());
    ws.close();
    Path file = home.resolve("workspace.db");
    byte[] good = Files.readAllBytes(file);
    byte[] bad = good.clone();
    Arrays.fill(bad, 0, 4096, (byte) 'x');
    Files.write(file, bad);
    WherryException e = refused(home);

    assertThat(e.code()).isEqualTo(Code.CORRUPT);
    assertThat(e).hasMessageContaining("workspace.db").hasMessageContaining(" -> ");
    assertThat(Files.readAllBytes(file)).isEqualTo(bad);
    Files.write(file, good, StandardOpenOption.TRUNCATE_EXISTING);
    ws = open(home);
    assertThat(ws.runs().get("some-1").state()).isEqualTo(RunState.SUCCEEDED);
  }

  @Test
  void something_else_under_the_name_of_the_database_is_refused() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("notes"));
    Files.writeString(folder.resolve("workspace.db"), "my notes, no database at all\n".repeat(200));

    assertThat(refused(folder).code()).isEqualTo(Code.CORRUPT);
    assertThat(folder.resolve("workspace.db")).content().startsWith("my notes");
  }

  @Test
  void a_folder_that_cannot_be_written_is_refused_and_can_be_read() throws IOException {
    assumeFalse("root".equals(System.getProperty("user.name")), "root can write everywhere");
    await(sh("some", "echo x").submit());
    ws.close();
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertThat(refused(home).code()).isEqualTo(Code.READ_ONLY);
      try (Workspace reader = Workspace.builder(home).readOnly().open()) {
        assertThat(reader.runs().get("some-1").logs().text()).isEqualTo("x\n");
      }
    } finally {
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    }
    ws = open(home);
  }

  @Test
  void a_folder_that_is_not_there_is_not_made_for_reading() {
    Path nowhere = temp.resolve("nowhere");
    WherryException e =
        catchThrowableOfType(
            WherryException.class, () -> Workspace.builder(nowhere).readOnly().open());

    assertThat(e.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void a_file_in_place_of_the_folder_is_refused() throws IOException {
    WherryException e = refused(file("plain.txt", "x"));

    assertThat(e).hasMessageContaining("plain.txt").hasMessageContaining(" -> ");
  }
}
