package io.wherry;

import io.wherry.event.RunEvent;
import io.wherry.internal.control.ActiveRun;
import io.wherry.internal.control.Controller;
import io.wherry.internal.control.RunRecord;
import io.wherry.spec.Progress;
import io.wherry.spec.RunSpec;
import io.wherry.spec.RunState;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.VirtualTime;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A handle on a run: its id and the workspace. Thread-safe; any number of handles on one run, also
 * on ended ones. What it tells is as of the moment of asking.
 */
public final class Run {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private final Controller controller;
  private final String id;

  Run(Controller controller, String id) {
    this.controller = controller;
    this.id = id;
  }

  /** Its id in the workspace: the name and a number, such as {@code penguins-3}. */
  public String id() {
    return id;
  }

  /** Its name. */
  public String name() {
    return spec().name();
  }

  /** Name of its target. */
  public String target() {
    return spec().target();
  }

  /** What was submitted: content as digests, secrets as references. */
  public RunSpec spec() {
    return record().spec();
  }

  /** Where its newest attempt stands. */
  public RunState state() {
    return record().state();
  }

  /**
   * Why it stands there, in words: what it waits for, why it failed; empty if it goes without
   * saying.
   */
  public String reason() {
    return record().reason();
  }

  /** All attempts so far, oldest first; never empty. */
  public List<Attempt> attempts() {
    return record().attempts().stream().map(Attempt::new).toList();
  }

  /** What has happened to it so far, in order. */
  public List<RunEvent> timeline() {
    long pk = record().pk();
    return controller.store().read(r -> r.events(pk, 0));
  }

  /** The progress that its program reported last; empty if it never did. */
  public Optional<Progress> progress() {
    return Optional.ofNullable(record().progress());
  }

  /** Parameters: those of the spec and those that the program recorded. */
  public Map<String, String> params() {
    long pk = record().pk();
    return controller.store().read(r -> r.params(pk));
  }

  /** Tags: those of the spec and those that the program set; of equal ones the newest. */
  public Map<String, String> tags() {
    long pk = record().pk();
    return controller.store().read(r -> r.tags(pk));
  }

  /** What its processes wrote. */
  public RunLogs logs() {
    return new RunLogs(controller, id);
  }

  /** What its program measured. */
  public RunMetrics metrics() {
    return new RunMetrics(controller, record().pk(), id);
  }

  /**
   * Shows the run live until it has ended: state and queue reason, progress, log lines, metrics,
   * verdict. Plain lines where {@code out} is not a terminal. Blocks; an interrupt ends the
   * watching, not the run.
   *
   * @throws WherryException {@code INTERRUPTED}, or {@code CLOSED} if the workspace is closed
   *     meanwhile
   */
  public RunResult follow(PrintStream out) {
    refuseWaiting();
    try (RunConsole console = new RunConsole(controller, this, out)) {
      console.toTheEnd();
    }
    return result();
  }

  /**
   * Waits until the run has ended, well or not. Blocks; an interrupt ends the waiting, not the run.
   *
   * @throws WherryException {@code INTERRUPTED}, or {@code CLOSED} if the workspace is closed
   *     meanwhile
   */
  public RunResult await() {
    while (true) {
      Optional<RunResult> result = await(Duration.ofDays(1));
      if (result.isPresent()) {
        return result.get();
      }
    }
  }

  /**
   * Waits at most that long; empty if the run has not ended by then.
   *
   * @throws WherryException {@code INTERRUPTED}, or {@code CLOSED} if the workspace is closed
   *     meanwhile
   */
  public Optional<RunResult> await(Duration atMost) {
    refuseWaiting();
    long end = System.nanoTime() + atMost.toNanos();
    try {
      while (true) {
        long left = end - System.nanoTime();
        ActiveRun active = controller.active(id).orElse(null);
        if (active != null) {
          active.done().get(Math.max(0, left), TimeUnit.NANOSECONDS);
        }
        if (record().state().isFinal()) {
          return Optional.of(result());
        }
        if (left <= 0) {
          return Optional.empty();
        }
        if (active == null) { // another process looks after it
          TimeUnit.NANOSECONDS.sleep(Math.min(left, LOOK_AGAIN.toNanos()));
        }
      }
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WherryException(
          Code.INTERRUPTED, "waiting for " + id + " was interrupted; the run goes on", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WherryException closed) {
        throw closed;
      }
      throw new IllegalStateException(e);
    }
  }

  /**
   * A future of the result; completes when the run has ended, well or not, on a thread of the
   * workspace. Cancelling the future does nothing to the run. It fails if the workspace is closed
   * before.
   */
  public CompletableFuture<RunResult> whenDone() {
    ActiveRun active = controller.active(id).orElse(null);
    if (active != null) {
      return active.done().thenApplyAsync(done -> result());
    }
    RunRecord record = record();
    if (record.state().isFinal()) {
      return CompletableFuture.completedFuture(result());
    }
    return CompletableFuture.supplyAsync(this::await);
  }

  /**
   * Asks for the end of the run: politely, then by force after its grace. Durable when it returns,
   * which is before the run has ended. Idempotent; does nothing for a run that has ended.
   */
  public void cancel() {
    controller.cancel(id);
  }

  RunResult result() {
    return RunResult.of(controller, record());
  }

  private RunRecord record() {
    return controller.record(id);
  }

  /** In a test on virtual time nothing would ever happen while this thread waits. */
  private void refuseWaiting() {
    RunRecord record = record();
    controller
        .targets()
        .get(record.spec().target())
        .backend()
        .facet(VirtualTime.class)
        .ifPresent(v -> v.beforeWaiting(id));
  }

  /** {@code penguins-3 RUNNING on local}. */
  @Override
  public String toString() {
    RunRecord record = record();
    return id
        + " "
        + record.state()
        + " on "
        + record.spec().target()
        + (record.reason().isEmpty() ? "" : ": " + record.reason());
  }

  /** The run as a small HTML table for notebooks; self-contained, escaped, without scripts. */
  public String toHtml() {
    return RunHtml.of(record(), metrics().latest());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Run run && run.id.equals(id) && run.controller == controller;
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }
}
