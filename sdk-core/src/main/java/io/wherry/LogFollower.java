package io.wherry;

import io.wherry.internal.control.Controller;
import io.wherry.internal.control.RunRecord;
import io.wherry.internal.stream.FolderWatch;
import io.wherry.internal.stream.LineDecoder;
import io.wherry.internal.stream.LogFile;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Reads log files while they grow. For one thread. */
final class LogFollower implements AutoCloseable {
  private final Controller controller;
  private final String runId;
  private final RunLogs logs;
  private final Consumer<LogLine> consumer;
  private final Map<Path, Tail> tails = new LinkedHashMap<>();
  private final Set<Path> watched = new HashSet<>();
  private final FolderWatch watch;
  private int attempt;

  LogFollower(Controller controller, String runId, RunLogs logs, Consumer<LogLine> consumer) {
    this.controller = controller;
    this.runId = runId;
    this.logs = logs;
    this.consumer = consumer;
    this.attempt = logs.chosenAttempt() == 0 ? 1 : logs.chosenAttempt();
    this.watch = new FolderWatch(controller.folder());
  }

  /** Hands out lines until the attempt chosen, or the run, is over and all of them were given. */
  void toTheEnd() {
    while (step()) {
      await();
    }
  }

  /** Hands out what is there; false once nothing more can come. */
  boolean step() {
    while (true) {
      RunRecord run = controller.record(runId);
      boolean over = run.newest().number() > attempt || run.state().isFinal();
      boolean read = readAll(run);
      if (!over) {
        return true;
      }
      if (!read) {
        tails.values().forEach(Tail::end);
        closeTails();
        if (logs.chosenAttempt() != 0 || run.newest().number() == attempt) {
          return false;
        }
        attempt++;
      }
    }
  }

  /**
   * Waits until something may have been written or the run may have changed, at most half a second.
   */
  void await() {
    try {
      watch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WherryException(
          Code.INTERRUPTED, "following " + runId + " was interrupted; the run goes on", e);
    }
  }

  /**
   * Ends a wait that is under way, and all later ones: from any thread, once nothing more will be
   * written.
   */
  void wake() {
    watch.close();
  }

  private boolean readAll(RunRecord run) {
    if (run.newest().number() < attempt) {
      return false;
    }
    boolean any = false;
    for (RunLogs.Source source : logs.sources(run, attempt)) {
      Path folder = source.path().getParent();
      if (folder != null && !watched.contains(folder) && Files.isDirectory(folder)) {
        watched.add(folder);
        watch.add(folder);
      }
      any |= tails.computeIfAbsent(source.path(), p -> new Tail(source)).read();
    }
    return any;
  }

  private void closeTails() {
    tails.values().forEach(Tail::close);
    tails.clear();
  }

  @Override
  public void close() {
    closeTails();
    watch.close();
  }

  private final class Tail {
    private final RunLogs.Source source;
    private final LogFile file;
    private final LineDecoder decoder = new LineDecoder();

    Tail(RunLogs.Source source) {
      this.source = source;
      this.file = new LogFile(source.path());
    }

    boolean read() {
      try {
        boolean any = false;
        for (int n = file.next(); n > 0; n = file.next()) {
          decoder.feed(file.block(), n, this::line);
          file.grow();
          any = true;
        }
        return any;
      } catch (IOException e) {
        throw RunLogs.io(e);
      }
    }

    void end() {
      decoder.end(this::line);
    }

    void close() {
      try {
        file.close();
      } catch (IOException e) {
        throw RunLogs.io(e);
      }
    }

    private void line(String text, boolean continued) {
      consumer.accept(source.line(text, continued));
    }
  }
}
