package io.wherry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.wherry.internal.json.NewerVersionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file itself: what can lie there, and how it is opened. */
class StoreFileTest {
  private static final Instant NOW = Instant.ofEpochSecond(1);

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("workspace.db");
  }

  private void fill(int runs) {
    try (Store store = Store.open(folder, false)) {
      store.write(
          tx -> {
            for (int i = 0; i < runs; i++) {
              tx.insertRun(Specs.named("a"), NOW);
            }
            return null;
          });
    }
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void a_closed_store_is_one_file() throws IOException {
    fill(1);

    assertThat(files()).containsExactly("workspace.db");
  }

  @Test
  void it_uses_a_write_ahead_log() {
    try (Store store = Store.open(folder, false)) {
      assertThat(store.journalMode()).isEqualTo("wal");
      assertThat(store.isReadOnly()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "ä ß", "100%", "a%20b", "a#b", "a?b=c", "a&b;c", "'q'", "+"})
  void the_folder_may_have_any_name(String name) throws IOException {
    Path odd = Files.createDirectory(folder.resolve(name));
    try (Store store = Store.open(odd, false)) {
      store.write(tx -> tx.insertRun(Specs.named("a"), NOW));
    }

    assertThat(odd.resolve("workspace.db")).isRegularFile();
    try (Store store = Store.open(odd, true)) {
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(1);
    }
  }

  @Test
  void what_was_committed_is_there_after_a_crash() throws IOException {
    Path crashed = Files.createDirectory(folder.resolve("crashed"));
    try (Store store = Store.open(folder, false)) {
      for (int i = 0; i < 50; i++) {
        store.write(tx -> tx.insertRun(Specs.named("a"), NOW));
      }
      // what a killed process leaves behind: the files as they are now
      for (String name : List.of("workspace.db", "workspace.db-wal")) {
        Files.copy(folder.resolve(name), crashed.resolve(name));
      }
    }

    try (Store store = Store.open(crashed, false)) {
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(50);
      store.write(tx -> tx.insertRun(Specs.named("a"), NOW));
      assertThat(store.<RunRow>read(reads -> reads.run("a-51"))).isNotNull();
    }
  }

  @Test
  void a_log_torn_at_any_place_gives_a_state_that_was_committed() throws IOException {
    Path torn = Files.createDirectory(folder.resolve("torn"));
    byte[] log;
    try (Store store = Store.open(folder, false)) {
      for (int i = 0; i < 20; i++) {
        store.write(
            tx -> {
              tx.insertRun(Specs.named("a"), NOW);
              return tx.insertRun(Specs.named("b"), NOW);
            });
      }
      Files.copy(file(), torn.resolve("workspace.db"));
      log = Files.readAllBytes(folder.resolve("workspace.db-wal"));
    }
    byte[] database = Files.readAllBytes(torn.resolve("workspace.db"));
    Random random = new Random(3);
    for (int i = 0; i < 20; i++) {
      Files.write(torn.resolve("workspace.db"), database);
      byte[] part = java.util.Arrays.copyOf(log, random.nextInt(log.length / 2, log.length));
      Files.write(torn.resolve("workspace.db-wal"), part);
      Files.deleteIfExists(torn.resolve("workspace.db-shm"));

      try (Store store = Store.open(torn, true)) {
        assertThat(store.<Long>read(Reads::countRuns) % 2).isZero();
        assertThat(store.<String>read(reads -> reads.db.text("pragma integrity_check")))
            .isEqualTo("ok");
      }
    }
  }

  @Test
  void a_file_that_is_no_database_is_refused_and_left_alone() throws IOException {
    Files.writeString(file(), "not a database, but something that somebody needs\n".repeat(200));
    byte[] before = Files.readAllBytes(file());

    for (boolean readOnly : new boolean[] {false, true}) {
      assertThatThrownBy(() -> Store.open(folder, readOnly))
          .isInstanceOf(CorruptStoreException.class)
          .hasMessageContaining(file().toString())
          .hasMessageContaining(
              "-> restore a copy of the workspace folder, or move this file away");
    }
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
    assertThat(files()).containsExactly("workspace.db");
  }

  @Test
  void a_truncated_file_is_refused_and_left_alone() throws IOException {
    fill(2000);
    byte[] half = java.util.Arrays.copyOf(Files.readAllBytes(file()), 100_000);
    Files.write(file(), half);

    assertThatThrownBy(() -> Store.open(folder, false)).isInstanceOf(CorruptStoreException.class);
    assertThat(Files.readAllBytes(file())).isEqualTo(half);
  }

  @Test
  void damage_inside_is_told_when_it_is_met() throws IOException {
    fill(2000);
    byte[] bytes = Files.readAllBytes(file());
    for (int i = 8192; i < bytes.length; i++) {
      bytes[i] = 0x55;
    }
    Files.write(file(), bytes);

    assertThatThrownBy(
            () -> {
              try (Store store = Store.open(folder, false)) {
                store.read(reads -> reads.newest(5000));
              }
            })
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("workspace.db");
  }

  @Test
  void somebody_elses_database_is_refused_and_left_alone() throws Exception {
    sql("create table theirs(x)");
    byte[] before = Files.readAllBytes(file());

    assertThatThrownBy(() -> Store.open(folder, false))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("a database of something else");
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  @Test
  void a_newer_store_is_refused_and_left_alone() throws Exception {
    fill(1);
    sql("pragma user_version = 99");
    byte[] before = Files.readAllBytes(file());

    for (boolean readOnly : new boolean[] {false, true}) {
      assertThatThrownBy(() -> Store.open(folder, readOnly))
          .isInstanceOf(NewerVersionException.class)
          .hasMessage(file() + " has version 99, this Wherry reads up to 1 -> update Wherry");
    }
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  @Test
  void an_empty_file_is_a_new_store() throws IOException {
    Files.createFile(file());
    fill(1);

    try (Store store = Store.open(folder, true)) {
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(1);
    }
  }

  @Test
  void an_empty_file_cannot_be_opened_for_reading() throws IOException {
    Files.createFile(file());

    assertThatThrownBy(() -> Store.open(folder, true))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("-> open it for writing once");
    assertThat(Files.size(file())).isZero();
  }

  @Test
  void reading_where_nothing_was_written_is_told() throws IOException {
    assertThatThrownBy(() -> Store.open(folder, true))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not exist");
    assertThat(files()).isEmpty();
  }

  @Test
  void a_missing_folder_is_told() {
    assertThatThrownBy(() -> Store.open(folder.resolve("x"), false))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("x")
        .hasMessageContaining("->");
    assertThatThrownBy(() -> Store.open(folder.resolve("x"), true))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("not a folder");
  }

  @Test
  void a_read_only_store_changes_nothing() throws IOException {
    fill(3);
    try (Store store = Store.open(folder, true)) {
      assertThat(store.isReadOnly()).isTrue();
      assertThat(store.<List<RunRow>>read(reads -> reads.newest(10))).hasSize(3);
      assertThatThrownBy(() -> store.write(tx -> tx.insertRun(Specs.named("a"), NOW)))
          .isInstanceOf(ReadOnlyStoreException.class)
          .hasMessageEndingWith("-> open the workspace for writing");
      assertThatThrownBy(() -> store.read(reads -> reads.db.update("delete from run")))
          .isInstanceOf(ReadOnlyStoreException.class);
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(3);
    }
  }

  @Test
  void a_read_only_store_follows_one_that_writes() {
    try (Store writing = Store.open(folder, false);
        Store reading = Store.open(folder, true)) {
      for (int i = 1; i <= 5; i++) {
        writing.write(tx -> tx.insertRun(Specs.named("a"), NOW));

        assertThat(reading.<Long>read(Reads::countRuns)).isEqualTo(i);
      }
    }
  }

  @Test
  void a_folder_without_write_permission_is_read_without_a_trace() throws IOException {
    fill(3);
    try (Store store = Store.open(folder, true, path -> "ext4", path -> false)) {
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(3);
      assertThat(files()).containsExactly("workspace.db");
    }
  }

  @Test
  void a_folder_without_write_permission_is_not_believed_unchanging_while_it_has_a_log()
      throws IOException {
    try (Store writing = Store.open(folder, false)) {
      writing.write(tx -> tx.insertRun(Specs.named("a"), NOW));
      try (Store reading = Store.open(folder, true, path -> "ext4", path -> false)) {
        assertThat(reading.<Long>read(Reads::countRuns)).isEqualTo(1);
      }
    }
  }

  @Test
  void writing_into_a_folder_without_write_permission_is_refused() {
    fill(1);
    assumeFalse(System.getProperty("user.name").equals("root"), "root may write everywhere");
    assertThat(folder.toFile().setWritable(false)).isTrue();
    try {
      assertThatThrownBy(() -> Store.open(folder, false))
          .isInstanceOf(ReadOnlyStoreException.class);
      try (Store store = Store.open(folder, true)) {
        assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(1);
      }
    } finally {
      assertThat(folder.toFile().setWritable(true)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "lustre", "NFS"})
  void on_a_network_file_system_it_uses_a_rollback_journal(String type) throws IOException {
    fill(1); // with a write-ahead log, as on the local disk that it was moved from
    try (Store store = Store.open(folder, false, path -> type, Files::isWritable)) {
      assertThat(store.journalMode()).isEqualTo("delete");
      store.write(tx -> tx.insertRun(Specs.named("a"), NOW));
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(2);
      assertThat(files()).doesNotContain("workspace.db-shm", "workspace.db-wal");
      try (Store reading = Store.open(folder, true, path -> type, Files::isWritable)) {
        assertThat(reading.<Long>read(Reads::countRuns)).isEqualTo(2);
        assertThat(reading.journalMode()).isEqualTo("delete");
      }
    }

    try (Store store = Store.open(folder, false)) {
      assertThat(store.journalMode()).isEqualTo("wal");
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(2);
    }
  }

  @Test
  void a_log_that_a_crash_left_is_kept_when_it_moves_to_a_network_file_system() throws IOException {
    Path moved = Files.createDirectory(folder.resolve("moved"));
    try (Store store = Store.open(folder, false)) {
      store.write(tx -> tx.insertRun(Specs.named("a"), NOW));
      for (String name : List.of("workspace.db", "workspace.db-wal")) {
        Files.copy(folder.resolve(name), moved.resolve(name));
      }
    }

    try (Store store = Store.open(moved, false, path -> "nfs", Files::isWritable)) {
      assertThat(store.journalMode()).isEqualTo("delete");
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(1);
    }
  }
}
