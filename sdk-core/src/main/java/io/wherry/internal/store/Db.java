package io.wherry.internal.store;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.core.DB;

/**
 * One connection with its prepared statements. For one thread at a time; a row mapper must not use
 * the connection that it reads from.
 */
final class Db implements AutoCloseable {
  private static final int STATEMENTS = 200;

  private final Path file;
  private final SQLiteConnection connection;
  private final Map<String, PreparedStatement> statements = new LinkedHashMap<>(64, 0.75f, true);

  private Db(Path file, SQLiteConnection connection) {
    this.file = file;
    this.connection = connection;
  }

  /** Reads one row. */
  interface Row<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** How a connection meets the file. */
  enum Mode {
    /** Creates the file if need be. */
    WRITE,
    READ,
    /**
     * Takes no lock and believes that nobody writes: the only way into a folder where no file can
     * be made.
     */
    READ_IMMUTABLE
  }

  static Db open(Path file, Mode mode) {
    int flags = SQLiteOpenMode.OPEN_URI.flag | SQLiteOpenMode.NOMUTEX.flag;
    flags |=
        mode == Mode.WRITE
            ? SQLiteOpenMode.READWRITE.flag | SQLiteOpenMode.CREATE.flag
            : SQLiteOpenMode.READONLY.flag;
    Properties properties = new Properties();
    properties.setProperty("open_mode", Integer.toString(flags));
    // The driver cuts at the first '?' and unescapes nothing itself; SQLite wants its URI escaped.
    String uri =
        "file:" + file.toUri().getRawPath() + (mode == Mode.READ_IMMUTABLE ? "?immutable=1" : "");
    try {
      SQLiteConnection connection = JDBC.createConnection("jdbc:sqlite:" + uri, properties);
      if (connection == null) {
        throw new IllegalStateException("the SQLite driver refuses " + uri);
      }
      // Transactions are begun and ended here; without this the driver tries its own after every
      // statement.
      connection.getConnectionConfig().setAutoCommit(false);
      return new Db(file, connection);
    } catch (SQLException e) {
      throw translated(file, e);
    }
  }

  /** Runs statements that have no parameters and no result, separated by semicolons. */
  void exec(String sql) {
    try {
      // the driver's exec stops after the first statement
      DB database = connection.getDatabase();
      int code = database._exec(sql);
      if (code != 0) {
        database.throwex(code);
      }
    } catch (SQLException e) {
      throw translated(file, e);
    }
  }

  /** Runs a statement; returns how many rows it changed. */
  int update(String sql, @Nullable Object... arguments) {
    try {
      PreparedStatement statement = prepared(sql);
      bind(statement, arguments);
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw translated(file, e);
    }
  }

  <T> List<T> list(String sql, Row<T> row, @Nullable Object... arguments) {
    List<T> list = new ArrayList<>();
    each(
        sql,
        r -> {
          list.add(row.map(r));
          return true;
        },
        arguments);
    return list;
  }

  /** The first row, or null if there is none. */
  <T> @Nullable T first(String sql, Row<T> row, @Nullable Object... arguments) {
    try {
      PreparedStatement statement = prepared(sql);
      bind(statement, arguments);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? row.map(result) : null;
      }
    } catch (SQLException e) {
      throw translated(file, e);
    }
  }

  /** The first column of the first row. */
  long number(String sql, @Nullable Object... arguments) {
    Long number = first(sql, row -> row.getLong(1), arguments);
    return number == null ? 0 : number;
  }

  /** The first column of the first row, empty if there is none. */
  String text(String sql) {
    String text = first(sql, row -> row.getString(1));
    return text == null ? "" : text;
  }

  /** Hands over row by row until one answers false. */
  void each(String sql, Row<Boolean> row, @Nullable Object... arguments) {
    try {
      PreparedStatement statement = prepared(sql);
      bind(statement, arguments);
      try (ResultSet result = statement.executeQuery()) {
        boolean more = true;
        while (more && result.next()) {
          more = row.map(result);
        }
      }
    } catch (SQLException e) {
      throw translated(file, e);
    }
  }

  /** Ends what a transaction has left open, if it has. */
  void rollbackQuietly() {
    try {
      connection.getDatabase()._exec("rollback");
    } catch (SQLException e) {
      // SQLite had rolled back by itself
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw translated(file, e);
    }
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
      if (statements.size() > STATEMENTS) {
        Iterator<PreparedStatement> eldest = statements.values().iterator();
        eldest.next().close();
        eldest.remove();
      }
    }
    return statement;
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] arguments)
      throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      Object value = arguments[i];
      if (value instanceof Instant at) {
        statement.setLong(i + 1, at.toEpochMilli());
      } else if (value instanceof Enum<?> constant) {
        statement.setString(i + 1, constant.name());
      } else if (value instanceof byte[] bytes) {
        statement.setBytes(i + 1, bytes);
      } else {
        statement.setObject(i + 1, value);
      }
    }
  }

  static StoreException translated(Path file, SQLException e) {
    if (!(e instanceof SQLiteException sqlite)) {
      return new StoreException(file + ": " + e.getMessage() + " -> see the cause", e);
    }
    return switch (sqlite.getResultCode().code & 0xff) {
      case 11, 26 -> // CORRUPT, NOTADB
          new CorruptStoreException(
              file
                  + " is damaged or not a workspace store ("
                  + e.getMessage()
                  + "); nothing was changed -> restore a copy of the workspace folder, or move this"
                  + " file away to begin with an empty one",
              e);
      case 8, 3, 23 -> // READONLY, PERM, AUTH
          new ReadOnlyStoreException(
              file + " cannot be written -> open read-only, or make file and folder writable", e);
      case 14 -> // CANTOPEN
          new ReadOnlyStoreException(
              file
                  + " cannot be opened -> check that the folder exists and that you may read and"
                  + " write it; open read-only if you may only read",
              e);
      case 13 -> // FULL
          new StoreException(file + ": no space left on the device -> free some, then go on", e);
      case 5, 6 -> // BUSY, LOCKED
          new StoreException(
              file + " is locked by another program -> end that program, then try again", e);
      case 10 -> // IOERR
          new StoreException(
              file + ": input/output error (" + e.getMessage() + ") -> check the disk", e);
      default -> new StoreException(file + ": " + e.getMessage() + " -> see the cause", e);
    };
  }
}
