package io.wherry.internal.stream;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits until something in some folders may have changed. Uses the operating system's notification
 * where it is a real one (Linux), else a short interval; a lost notification costs latency only.
 * One waiting thread.
 */
public final class FolderWatch implements AutoCloseable {
  private static final Duration SWEEP = Duration.ofMillis(500);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final boolean NATIVE = System.getProperty("os.name", "").startsWith("Linux");

  private final @Nullable WatchService service;

  /** Watches nothing yet. */
  public FolderWatch(Path anywhere) {
    this.service = NATIVE ? open(anywhere) : null;
  }

  private static @Nullable WatchService open(Path anywhere) {
    try {
      return anywhere.getFileSystem().newWatchService();
    } catch (IOException | UnsupportedOperationException e) { // out of inotify instances: poll
      return null;
    }
  }

  /** Adds a folder; one that can't be watched is covered by the sweep. */
  public void add(Path folder) {
    if (service != null) {
      try {
        folder.register(service, ENTRY_CREATE, ENTRY_MODIFY);
      } catch (IOException | ClosedWatchServiceException e) {
        System.getLogger(FolderWatch.class.getName())
            .log(System.Logger.Level.DEBUG, "cannot watch " + folder + ", sweeping instead", e);
      }
    }
  }

  /** Waits for a change, at most half a second. */
  public void await() throws InterruptedException {
    if (service == null) {
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
      return;
    }
    try {
      WatchKey key = service.poll(SWEEP.toMillis(), TimeUnit.MILLISECONDS);
      while (key != null) {
        key.pollEvents();
        key.reset();
        key = service.poll();
      }
    } catch (ClosedWatchServiceException e) {
      return; // nothing is waited for any more
    }
  }

  /** Ends all watching; a waiting thread returns. Idempotent. */
  @Override
  public void close() {
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        System.getLogger(FolderWatch.class.getName())
            .log(System.Logger.Level.DEBUG, "closing a watch failed", e);
      }
    }
  }
}
