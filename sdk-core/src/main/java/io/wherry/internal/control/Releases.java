package io.wherry.internal.control;

import io.wherry.spi.BackendException;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Deletes ended attempts' traces on their engines, many at once: a backend may have to look through
 * all processes of a machine for what one run has left, and looking for a hundred costs no more.
 * What fails is tried again a while later, and at the next opening. Thread-safe.
 */
final class Releases {
  private static final Logger LOG = System.getLogger(Releases.class.getName());
  private static final Duration GATHERING = Duration.ofMillis(100);
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private record Ended(long run, int attempt, WorkloadHandle handle) {}

  private final Journal journal;
  private final ScheduledExecutorService workers;
  private Map<WorkloadBackend, List<Ended>> waiting = new HashMap<>();

  Releases(Journal journal, ScheduledExecutorService workers) {
    this.journal = journal;
    this.workers = workers;
  }

  /** Takes an ended attempt; returns at once. */
  void add(WorkloadBackend backend, long run, int attempt, WorkloadHandle handle) {
    boolean first;
    synchronized (this) {
      first = waiting.isEmpty();
      waiting.computeIfAbsent(backend, b -> new ArrayList<>()).add(new Ended(run, attempt, handle));
    }
    if (first) {
      later(this::flush, GATHERING);
    }
  }

  /** Releases what has gathered. Blocks. */
  void flush() {
    Map<WorkloadBackend, List<Ended>> batch;
    synchronized (this) {
      batch = waiting;
      waiting = new HashMap<>();
    }
    batch.forEach(this::release);
  }

  private void release(WorkloadBackend backend, List<Ended> ended) {
    Set<WorkloadHandle> handles = new HashSet<>();
    ended.forEach(e -> handles.add(e.handle()));
    try {
      EngineCalls.retrying(
          "release",
          () -> {
            backend.release(handles);
            return true;
          });
      ended.forEach(e -> journal.releasedLater(e.run(), e.attempt()));
    } catch (BackendException e) {
      if (ended.size() > 1) { // one of them must not hold up the others
        ended.forEach(one -> release(backend, List.of(one)));
      } else {
        LOG.log(Level.WARNING, "release of " + handles + " is put off: " + e.getMessage());
        later(() -> release(backend, ended), AGAIN);
      }
    }
  }

  /** Does nothing while the workspace closes: the store knows them, the next opening does it. */
  private void later(Runnable work, Duration pause) {
    try {
      var unused = workers.schedule(work, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the workspace closes; the next opening releases", e);
    }
  }
}
