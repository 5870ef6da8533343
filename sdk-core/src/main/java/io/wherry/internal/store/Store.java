package io.wherry.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The database of a workspace. Thread-safe.
 *
 * <p>Changes happen in the order of the calls, on one writer thread that commits whatever has
 * queued up as one group. A change that was reported as done survives the death of this process;
 * after a power failure the last moments may be missing, but never a part of a change.
 */
public final class Store implements AutoCloseable {
  /** Name of the database in the workspace folder. */
  public static final String FILE = "workspace.db";

  private static final int READERS = 4;
  private static final Set<String> NETWORK =
      Set.of(
          "nfs",
          "nfs3",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "9p",
          "fuse.sshfs",
          "lustre",
          "afs",
          "ceph",
          "fuse.ceph",
          "gpfs",
          "beegfs",
          "glusterfs",
          "fuse.glusterfs");

  private final Path file;
  private final Db.Mode readerMode;
  private final boolean mapped;
  private final String journalMode;
  private final Readers readers = new Readers();
  private final @Nullable Writer writer;

  private Store(
      Path file, Db.Mode readerMode, boolean mapped, String journalMode, @Nullable Db writing) {
    this.file = file;
    this.readerMode = readerMode;
    this.mapped = mapped;
    this.journalMode = journalMode;
    this.writer = writing == null ? null : new Writer(writing);
  }

  /**
   * Opens the store of a workspace folder. The folder must exist; for writing the database is made
   * on first use, and the caller holds the workspace's lock.
   *
   * @param readOnly whether nothing may be changed; works beside another process that writes
   * @throws io.wherry.internal.json.NewerVersionException if a newer version wrote it
   * @throws CorruptStoreException if it is damaged or something else
   * @throws ReadOnlyStoreException if it shall be written and cannot be
   * @throws StoreException if it cannot be opened for another reason
   */
  public static Store open(Path folder, boolean readOnly) {
    return open(folder, readOnly, Store::fileSystemType, Files::isWritable);
  }

  static Store open(
      Path folder,
      boolean readOnly,
      Function<Path, String> fileSystemType,
      Predicate<Path> isWritable) {
    Path file = folder.resolve(FILE).toAbsolutePath();
    if (!Files.isDirectory(folder)) {
      throw new StoreException(folder + " is not a folder -> check the path", null);
    }
    if (readOnly && !Files.isRegularFile(file)) {
      throw new StoreException(
          file
              + " does not exist, so there is nothing to read -> open the workspace for writing"
              + " once, or check the path",
          null);
    }
    NativeLibrary.load();
    boolean network = NETWORK.contains(fileSystemType.apply(folder).toLowerCase(Locale.ROOT));
    return readOnly
        ? openForReading(file, network, isWritable.test(folder))
        : openForWriting(file, network);
  }

  private static Store openForWriting(Path file, boolean network) {
    Db db = Db.open(file, Db.Mode.WRITE);
    boolean opened = false;
    try {
      db.exec("pragma busy_timeout = 30000");
      Migrator.check(file, db);
      String journalMode = network ? useRollbackJournal(db) : useWal(db);
      Migrator.migrate(file, db);
      Store store = new Store(file, Db.Mode.READ, !network, journalMode, db);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        db.close();
      }
    }
  }

  private static String useWal(Db db) {
    String mode = db.text("pragma journal_mode = wal");
    db.exec(
        "pragma synchronous = normal; pragma wal_autocheckpoint = 4000;"
            + " pragma journal_size_limit = 67108864; pragma cache_size = -16000");
    return mode;
  }

  /** WAL needs memory shared between processes, which network file systems do not have. */
  private static String useRollbackJournal(Db db) {
    // Exclusive locking reads a WAL that a local file system has left, without shared memory.
    db.exec("pragma locking_mode = exclusive");
    String mode = db.text("pragma journal_mode = delete");
    db.exec("pragma locking_mode = normal; pragma synchronous = full; pragma cache_size = -16000");
    db.number("select count(*) from sqlite_master"); // the lock goes with the next read
    return mode;
  }

  private static Store openForReading(Path file, boolean network, boolean writable) {
    Path log = file.resolveSibling(FILE + "-wal");
    boolean immutable = !writable && !Files.exists(log);
    Db.Mode mode = immutable ? Db.Mode.READ_IMMUTABLE : Db.Mode.READ;
    String journalMode;
    try (Db db = Db.open(file, mode)) {
      db.exec("pragma busy_timeout = 30000");
      int version = Migrator.check(file, db);
      if (version < Migrator.VERSION) {
        throw new StoreException(
            file + " was written by an older version -> open it for writing once to update it",
            null);
      }
      journalMode = db.text("pragma journal_mode");
    }
    return new Store(file, mode, !network, journalMode, null);
  }

  private static String fileSystemType(Path folder) {
    try {
      return Files.getFileStore(folder).type();
    } catch (IOException e) {
      return ""; // whether the folder can be used shows when it is
    }
  }

  /**
   * {@code wal}, or {@code delete} on network file systems: slower, and readers and the writer wait
   * for each other.
   */
  public String journalMode() {
    return journalMode;
  }

  /** Whether nothing can be changed. */
  public boolean isReadOnly() {
    return writer == null;
  }

  /**
   * Changes the store and waits until the change is committed. An interrupt does not end the
   * waiting; it stays pending.
   *
   * @return what the write returned
   * @throws RuntimeException what the write threw: then nothing of it has happened
   * @throws StoreException if it could not be committed: then nothing of it has happened
   */
  public <T extends @Nullable Object> T write(Write<T> write) {
    refuseOnWriterThread("use the Tx at hand, or writeLater");
    try {
      return writeLater(write).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * Changes the store as {@link #write} does, without waiting. The future completes when the change
   * is committed, on the writer thread: what hangs on it must be short and must not wait for
   * another write.
   */
  public <T extends @Nullable Object> CompletableFuture<T> writeLater(Write<T> write) {
    if (writer == null) {
      throw new ReadOnlyStoreException(
          file + " is open for reading only -> open the workspace for writing", null);
    }
    Change<T> change = new Change<>(write);
    if (!writer.add(change)) {
      throw closedException();
    }
    return change;
  }

  /**
   * Joins small blocks of the metrics of a run that has ended. Nothing that can be read changes,
   * and other writes go on in between. Returns at once; closing the store ends the work early.
   */
  public CompletableFuture<@Nullable Void> compact(long run) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    compact(new Compaction(run), done);
    return done;
  }

  private void compact(Compaction compaction, CompletableFuture<@Nullable Void> done) {
    Change<Boolean> step = new Change<>(compaction::step);
    if (writer == null || !writer.add(step)) {
      done.complete(null);
      return;
    }
    var unused =
        step.whenComplete(
            (more, failure) -> {
              if (failure != null) {
                done.completeExceptionally(failure);
              } else if (more) {
                compact(compaction, done);
              } else {
                done.complete(null);
              }
            });
  }

  private void refuseOnWriterThread(String nextStep) {
    if (writer != null && writer.thread == Thread.currentThread()) {
      throw new IllegalStateException("the store's writer would wait for itself -> " + nextStep);
    }
  }

  /** Reads one state of the store, beside writes; waits only while all connections are busy. */
  @SuppressWarnings("NullAway") // null only where T is nullable
  public <T extends @Nullable Object> T read(Read<T> read) {
    Db db = readers.take();
    try {
      db.exec("begin");
      try {
        return read.run(new Reads(db));
      } finally {
        db.rollbackQuietly();
      }
    } finally {
      readers.give(db);
    }
  }

  /** Commits what is queued, waits for reads in progress and closes the file. Idempotent. */
  @Override
  public void close() {
    refuseOnWriterThread("close from another thread");
    if (writer != null) {
      writer.end();
    }
    readers.close();
    if (writer != null) {
      writer.closeConnection(); // last, because the last one tidies up
    }
  }

  private static final class Change<T extends @Nullable Object> extends CompletableFuture<T> {
    private final Write<T> write;
    private @Nullable Throwable failure;
    private @Nullable T result;

    Change(Write<T> write) {
      this.write = write;
    }

    void run(Tx tx) {
      result = write.run(tx);
    }

    @SuppressWarnings("NullAway") // null only where T is nullable
    void done() {
      if (failure == null) {
        complete(result);
      } else {
        completeExceptionally(failure);
      }
    }
  }

  private static final class Writer {
    private final Db db;
    private final Tx tx;
    private final LinkedBlockingQueue<Change<?>> queue = new LinkedBlockingQueue<>();
    private final Change<@Nullable Void> poison = new Change<>(tx -> null);
    private final Thread thread;
    private boolean closed;
    private boolean connectionClosed;

    Writer(Db db) {
      this.db = db;
      this.tx = new Tx(db);
      this.thread = new Thread(this::loop, "wherry-store");
      thread.setDaemon(true);
      thread.start();
    }

    /** Queues a change unless the store is closed. */
    boolean add(Change<?> change) {
      synchronized (queue) {
        return !closed && queue.add(change);
      }
    }

    void end() {
      synchronized (queue) {
        if (!closed) {
          closed = true;
          queue.add(poison);
        }
      }
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void closeConnection() {
      synchronized (queue) {
        if (connectionClosed) {
          return;
        }
        connectionClosed = true;
      }
      db.close();
    }

    private void loop() {
      List<Change<?>> group = new ArrayList<>();
      boolean more = true;
      while (more) {
        try {
          group.add(queue.take());
        } catch (InterruptedException e) {
          continue; // nobody has a reason to; close() ends this thread
        }
        queue.drainTo(group);
        more = !group.remove(poison);
        commit(group);
        group.clear();
      }
    }

    private void commit(List<Change<?>> group) {
      if (group.isEmpty()) {
        return;
      }
      try {
        db.exec("begin immediate");
        for (Change<?> change : group) {
          run(change, group.size() > 1);
        }
        db.exec("commit");
      } catch (Throwable e) {
        db.rollbackQuietly();
        tx.forgetKeys();
        for (Change<?> change : group) {
          change.failure = change.failure == null ? e : change.failure;
        }
      }
      group.forEach(Change::done);
    }

    /** Throws only if the transaction as a whole cannot go on. */
    private void run(Change<?> change, boolean hasMates) {
      if (hasMates) {
        db.update("savepoint change");
      }
      try {
        change.run(tx);
      } catch (Throwable e) {
        change.failure = e;
        tx.forgetKeys();
        db.exec(hasMates ? "rollback to change" : "rollback; begin");
      }
      if (hasMates) {
        db.update("release change");
      }
    }
  }

  /** Connections for reading, opened as they are needed. */
  private final class Readers {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private final Deque<Db> idle = new ArrayDeque<>();
    private int open;
    private boolean closed;

    Db take() {
      lock.lock();
      try {
        while (!closed && idle.isEmpty() && open == READERS) {
          given.awaitUninterruptibly();
        }
        if (closed) {
          throw closedException();
        }
        Db db = idle.poll();
        if (db != null) {
          return db;
        }
        db = connect();
        open++;
        return db;
      } finally {
        lock.unlock();
      }
    }

    private Db connect() {
      Db db = Db.open(file, readerMode);
      db.exec("pragma busy_timeout = 30000; pragma cache_size = -4000");
      if (mapped) {
        db.exec("pragma mmap_size = 268435456");
      }
      return db;
    }

    void give(Db db) {
      lock.lock();
      try {
        idle.push(db);
        given.signalAll();
      } finally {
        lock.unlock();
      }
    }

    void close() {
      lock.lock();
      try {
        closed = true;
        given.signalAll();
        while (idle.size() < open) {
          given.awaitUninterruptibly();
        }
        while (!idle.isEmpty()) {
          idle.pop().close();
          open--;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private IllegalStateException closedException() {
    return new IllegalStateException(file + " is closed -> open the workspace again");
  }
}
