package io.wherry.local;

import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Watches the exit files of runs that another client has launched: their wrappers don't write to
 * our pipe. Thread-safe.
 */
final class ExitWatcher implements AutoCloseable {

  private final WatchService service;
  private final Consumer<WorkloadHandle> wake;
  private final Map<WorkloadHandle, WatchKey> keys = new ConcurrentHashMap<>();
  private final Map<WatchKey, WorkloadHandle> handles = new ConcurrentHashMap<>();

  ExitWatcher(Path folder, Consumer<WorkloadHandle> wake) throws IOException {
    this.service = folder.getFileSystem().newWatchService();
    this.wake = wake;
    Thread thread = new Thread(this::run, "wherry-local-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Watches the folder of a run's restart; false if it does already. */
  synchronized boolean add(WorkloadHandle handle, Path folder) throws IOException {
    if (keys.containsKey(handle)) {
      return false;
    }
    WatchKey key = folder.register(service, StandardWatchEventKinds.ENTRY_MODIFY);
    keys.put(handle, key);
    handles.put(key, handle);
    return true;
  }

  /** Forgets a run; absent is fine. */
  synchronized void remove(WorkloadHandle handle) {
    WatchKey key = keys.remove(handle);
    if (key != null) {
      handles.remove(key);
      key.cancel();
    }
  }

  private void run() {
    try {
      while (true) {
        WatchKey key = service.take();
        boolean exit = false;
        for (WatchEvent<?> event : key.pollEvents()) {
          exit |=
              event.kind() == StandardWatchEventKinds.OVERFLOW
                  || (event.context() instanceof Path name && name.toString().equals("exit"));
        }
        WorkloadHandle handle = handles.get(key);
        if (exit && handle != null) {
          wake.accept(handle);
        }
        key.reset();
      }
    } catch (ClosedWatchServiceException e) { // the backend was closed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      System.getLogger(ExitWatcher.class.getName())
          .log(System.Logger.Level.DEBUG, "closing the watch", e);
    }
  }
}
