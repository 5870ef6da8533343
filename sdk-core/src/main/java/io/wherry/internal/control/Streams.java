package io.wherry.internal.control;

import io.wherry.spi.BackendException;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads what running programs write: events into the store, and log bytes into the run's folder
 * where the engine does not keep them there itself. One thread reads for all while they run; the
 * last bytes of each are read by {@link #drain}.
 */
final class Streams implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Streams.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Journal journal;
  private final LogFiles files;
  private final Clock clock;
  private final Map<WorkloadHandle, StreamSource> sources = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::pump, "wherry-streams");
  private boolean started;
  private volatile boolean closed;

  Streams(Journal journal, LogFiles files, Clock clock) {
    this.journal = journal;
    this.files = files;
    this.clock = clock;
    thread.setDaemon(true);
  }

  /** Reads a running attempt's streams from now on. Does nothing if they are read already. */
  void follow(ActiveRun run, WorkloadHandle handle, WorkloadBackend backend) {
    if (sources.containsKey(handle)) {
      return;
    }
    source(run, handle, backend);
    synchronized (this) {
      if (!started) {
        started = true;
        thread.start();
      }
      notifyAll();
    }
  }

  /**
   * Reads an ended attempt's streams to their end; all of it is durable before anything that is
   * written later.
   */
  void drain(ActiveRun run, WorkloadHandle handle, WorkloadBackend backend)
      throws BackendException {
    source(run, handle, backend).drain();
  }

  /**
   * One source an attempt, kept until the verdict: a second one could read what the first has not
   * stored yet.
   */
  private StreamSource source(ActiveRun run, WorkloadHandle handle, WorkloadBackend backend) {
    return sources.computeIfAbsent(
        handle, h -> new StreamSource(run, h, backend, journal, files, clock));
  }

  /** Stops reading for an attempt that is over. */
  void forget(ActiveRun run) {
    sources.values().removeIf(s -> s.belongsTo(run));
  }

  private void pump() {
    while (!closed) {
      boolean more = false;
      for (StreamSource source : sources.values()) {
        try {
          more |= source.read();
        } catch (BackendException e) {
          LOG.log(Level.DEBUG, "reading streams failed, trying again", e);
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "reading streams failed, trying again", e);
        }
      }
      if (!more && !pause()) {
        return;
      }
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the pump is the loop: a spurious wake-up reads once more
  private synchronized boolean pause() {
    try {
      if (sources.isEmpty() && !closed) {
        wait();
      } else if (!closed) {
        wait(PAUSE.toMillis());
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
