package io.wherry.benchmarks;

import io.wherry.internal.store.PackedPoints;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What SQLite takes at best when points arrive in small pieces: blocks of 100 points, 1,000 points
 * a commit, into a table like the store's and with its settings, from a loop that does nothing
 * else.
 */
final class RawInserts {
  private static final int BLOCK = 100;
  private static final int COMMIT = 1000;

  private RawInserts() {}

  /** Points per second. */
  static double rate(Path folder, int points) throws SQLException {
    try (Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("raw.db"))) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("pragma journal_mode = wal");
        statement.execute("pragma synchronous = normal");
        statement.execute(
            "create table metric_block(id integer primary key, run integer not null,"
                + " key integer not null, first_step integer not null, n integer not null,"
                + " bytes blob not null)");
      }
      connection.setAutoCommit(false);
      long start = System.nanoTime();
      try (PreparedStatement insert =
          connection.prepareStatement(
              "insert into metric_block(run, key, first_step, n, bytes) values (1, 1, ?, ?, ?)")) {
        PackedPoints block = new PackedPoints();
        for (int i = 0; i < points; i += BLOCK) {
          block.clear();
          for (int k = i; k < i + BLOCK; k++) {
            block.add(k, start, k);
          }
          insert.setLong(1, i);
          insert.setInt(2, BLOCK);
          insert.setBytes(3, block.toBytes());
          insert.executeUpdate();
          if ((i + BLOCK) % COMMIT == 0) {
            connection.commit();
          }
        }
      }
      double rate = points * 1000.0 / Samples.millisSince(start);
      Lab.say("raw " + Figure.number(rate) + " points/s");
      return rate;
    }
  }
}
