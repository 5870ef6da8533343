package io.wherry.internal.store;

import io.wherry.internal.json.NewerVersionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Brings the schema up to date: {@code schema-N.sql} leads from version N-1 to N. Each step is one
 * transaction, so that a step happens whole or not at all.
 */
final class Migrator {
  /** The newest schema; {@code PRAGMA user_version} of the file. */
  static final int VERSION = 1;

  /**
   * "whry": {@code PRAGMA application_id} of the file, so that nobody else's database is taken for
   * a store.
   */
  private static final int APPLICATION = 0x77687279;

  private Migrator() {}

  /** Checks what is there without changing it; returns its version, 0 for an empty file. */
  static int check(Path file, Db db) {
    int version = (int) db.number("pragma user_version");
    long application = db.number("pragma application_id");
    boolean empty =
        version == 0 && application == 0 && db.number("select count(*) from sqlite_master") == 0;
    if (empty) {
      return 0;
    }
    if (application != APPLICATION || version < 1) {
      throw new CorruptStoreException(
          file
              + " is a database of something else; nothing was changed -> move it away, or open"
              + " another folder",
          null);
    }
    if (version > VERSION) {
      throw new NewerVersionException(file.toString(), version, VERSION);
    }
    return version;
  }

  static void migrate(Path file, Db db) {
    if (check(file, db) == VERSION) {
      return;
    }
    db.exec("begin immediate");
    boolean done = false;
    try {
      for (int next = check(file, db) + 1; next <= VERSION; next++) {
        db.exec(script(next));
        db.exec("pragma application_id = " + APPLICATION + "; pragma user_version = " + next);
      }
      db.exec("commit");
      done = true;
    } finally {
      if (!done) {
        db.rollbackQuietly();
      }
    }
  }

  private static String script(int version) {
    String name = "schema-" + version + ".sql";
    try (InputStream in = Migrator.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing in this jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
