package io.wherry;

import io.wherry.event.RunEvent;
import io.wherry.internal.check.Durations;
import io.wherry.internal.control.ActiveRun;
import io.wherry.internal.control.Controller;
import io.wherry.internal.control.RunRecord;
import io.wherry.spec.Progress;
import io.wherry.spec.RunState;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.Channel;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Shows a run on a stream of text while it goes on. On a terminal the last line is a live status
 * that is drawn over itself; elsewhere only lines are written, and nothing twice. For one thread.
 */
final class RunConsole implements AutoCloseable {
  private static final int BAR = 24;
  private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final int PROGRESS_STEPS = 10;
  private static final String ERASE = "\r\u001b[K";

  private final Controller controller;
  private final Run run;
  private final PrintStream out;
  private final boolean terminal;
  private final boolean manyRanks;
  private final LogFollower follower;
  private final Instant began;
  private int eventsSeen;
  private long versionSeen;
  private String waiting = "";
  private long drawnAt;
  private boolean drawn;
  private int progressStep = -1;

  RunConsole(Controller controller, Run run, PrintStream out) {
    this.controller = controller;
    this.run = run;
    this.out = out;
    this.terminal = isTerminal(out);
    this.manyRanks = run.spec().worldSize() > 1;
    this.follower = run.logs().follower(this::log);
    this.began = controller.clock().instant();
    controller.active(run.id()).ifPresent(a -> a.onceDone(follower::wake));
  }

  @SuppressWarnings(
      "SystemConsoleNull") // JDK 22 and later give a console also where there is no terminal
  private static boolean isTerminal(PrintStream out) {
    String term = System.getenv("TERM");
    return out.equals(System.out)
        && System.console() != null
        && term != null
        && !term.equals("dumb");
  }

  void toTheEnd() {
    while (true) {
      RunRecord record = controller.record(run.id());
      events(record);
      if (record.state().compareTo(RunState.RUNNING) < 0 && record.attempts().size() == 1) {
        status(record);
        awaitChange(); // its first lines come after the line that says where it runs
        continue;
      }
      boolean more = follower.step();
      record = controller.record(run.id());
      events(record);
      progress(record);
      if (!more && record.state().isFinal()) {
        break;
      }
      status(record);
      follower.await();
    }
    metrics();
    erase();
    out.println(run.result());
    out.flush();
  }

  private void awaitChange() {
    try {
      ActiveRun active = controller.active(run.id()).orElse(null);
      if (active == null) {
        TimeUnit.NANOSECONDS.sleep(REDRAW_NANOS);
      } else {
        versionSeen = active.awaitChange(versionSeen, Duration.ofNanos(REDRAW_NANOS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WherryException(
          Code.INTERRUPTED, "following " + run.id() + " was interrupted; the run goes on", e);
    }
  }

  private void log(LogLine line) {
    erase();
    if (manyRanks) {
      out.print("[" + line.rank() + "] ");
    }
    if (line.channel() == Channel.ERR && terminal) {
      out.print("\u001b[33m" + line.text() + "\u001b[0m");
    } else {
      out.print(line.text());
    }
    if (!line.continued()) {
      out.println();
    }
  }

  private void events(RunRecord record) {
    List<RunEvent> events = controller.store().read(r -> r.events(record.pk(), eventsSeen));
    eventsSeen += events.size();
    for (RunEvent event : events) {
      String text = words(event, record);
      if (!text.isEmpty()) {
        erase();
        out.println("-- " + text);
      }
    }
    if (record.state() == RunState.QUEUED && !record.reason().equals(waiting)) {
      waiting = record.reason();
      if (!waiting.isEmpty()) {
        erase();
        out.println("-- " + run.id() + " QUEUED: " + waiting);
      }
    }
  }

  /** What is worth a line: starts, retries, notes; the verdict has its own line at the end. */
  private String words(RunEvent event, RunRecord record) {
    String attempt = record.attempts().size() > 1 ? " (attempt " + event.attempt() + ")" : "";
    if (event instanceof RunEvent.StateChanged change) {
      return change.to() == RunState.RUNNING
          ? run.id() + " RUNNING on " + record.spec().target() + attempt
          : "";
    }
    if (event instanceof RunEvent.Retrying retrying) {
      return run.id()
          + " attempt "
          + retrying.attempt()
          + " ended by "
          + retrying.cause()
          + (retrying.exitCode() == null ? "" : " with exit code " + retrying.exitCode())
          + ", trying again";
    }
    if (event instanceof RunEvent.CancelRequested) {
      return run.id() + " is being canceled";
    }
    return event instanceof RunEvent.Noted noted ? noted.text() : "";
  }

  private void progress(RunRecord record) {
    Progress progress = record.progress();
    if (terminal || progress == null || progress.total() <= 0) {
      return;
    }
    int step = (int) (progress.fraction() * PROGRESS_STEPS);
    if (step > progressStep) {
      progressStep = step;
      out.println(bar(progress) + latest());
    }
  }

  private void status(RunRecord record) {
    if (!terminal || System.nanoTime() - drawnAt < REDRAW_NANOS) {
      return;
    }
    drawnAt = System.nanoTime();
    Progress progress = record.progress();
    String text =
        run.id()
            + " "
            + record.state()
            + " "
            + Durations.format(
                Duration.between(began, controller.clock().instant())
                    .truncatedTo(ChronoUnit.SECONDS))
            + (progress == null ? "" : " " + bar(progress))
            + latest();
    out.print(ERASE + text);
    out.flush();
    drawn = true;
  }

  private void erase() {
    if (drawn) {
      out.print(ERASE);
      drawn = false;
    }
  }

  private static String bar(Progress progress) {
    if (progress.total() <= 0) {
      return progress.done() + (progress.message().isEmpty() ? "" : " " + progress.message());
    }
    int full = (int) (progress.fraction() * BAR);
    return "["
        + "#".repeat(full)
        + "-".repeat(BAR - full)
        + "] "
        + progress.done()
        + "/"
        + progress.total()
        + (progress.message().isEmpty() ? "" : " " + progress.message());
  }

  private String latest() {
    StringBuilder text = new StringBuilder();
    run.metrics()
        .latest()
        .forEach((name, value) -> text.append("  ").append(name).append('=').append(number(value)));
    return text.toString();
  }

  private void metrics() {
    String latest = latest();
    if (!latest.isEmpty()) {
      erase();
      out.println("--" + latest);
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  @Override
  public void close() {
    follower.close();
  }
}
