package io.wherry.internal.control;

import io.wherry.event.RunEvent;
import io.wherry.spec.Progress;
import io.wherry.spec.RunSpec;
import io.wherry.spec.RunState;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.Channel;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run that has not ended, in memory: what the store will say once the changes are flushed.
 * Thread-safe; only its target loop and its finisher change it.
 */
public final class ActiveRun {
  /** What a flush writes. */
  record Changes(
      int from, List<AttemptRecord> attempts, List<RunEvent> events, boolean cancelRequested) {}

  private final long pk;
  private final String workspaceId;
  private final String id;
  private final RunSpec spec;
  private final Instant submitted;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private final List<AttemptRecord> attempts = new ArrayList<>();
  private final List<RunEvent> events = new ArrayList<>();
  private int firstUnflushed;
  private boolean cancelRequested;
  private boolean flushPending;
  private boolean recovered;
  private @Nullable AttemptRecord beforeEnd;
  private @Nullable Progress progress;
  private Supplier<String> queueReason = () -> "";
  private long version;

  ActiveRun(
      long pk,
      String workspaceId,
      String id,
      RunSpec spec,
      Instant submitted,
      List<AttemptRecord> attempts,
      boolean cancelRequested,
      @Nullable Progress progress) {
    this.pk = pk;
    this.workspaceId = workspaceId;
    this.id = id;
    this.spec = spec;
    this.submitted = submitted;
    this.attempts.addAll(attempts);
    this.firstUnflushed = attempts.size() - 1;
    this.cancelRequested = cancelRequested;
    this.progress = progress;
  }

  long pk() {
    return pk;
  }

  /** The run's id, such as {@code hello-1}. */
  public String id() {
    return id;
  }

  /** What was submitted. */
  public RunSpec spec() {
    return spec;
  }

  /** When it was submitted. */
  public Instant submitted() {
    return submitted;
  }

  /** Completes once the verdict is durable; exceptionally if the workspace is closed before. */
  public CompletableFuture<Void> done() {
    return done;
  }

  /** Runs something short once nobody has to wait any more; at once if that is so. */
  public void onceDone(Runnable action) {
    var unused = done.whenComplete((verdict, closed) -> action.run());
  }

  /** The workspace closes: whoever waits is told so. The run goes on. */
  void abandon() {
    done.completeExceptionally(
        new WherryException(
            Code.CLOSED,
            "the workspace was closed while "
                + id
                + " was "
                + state()
                + "; the run goes on -> open the workspace again to see its end"));
  }

  /** The newest attempt. */
  public synchronized AttemptRecord current() {
    return attempts.get(attempts.size() - 1);
  }

  /** All attempts so far. */
  public synchronized List<AttemptRecord> attempts() {
    return List.copyOf(attempts);
  }

  /** Where the newest attempt stands. */
  public RunState state() {
    return current().state();
  }

  /** Why it stands there, in words; empty if it goes without saying. */
  public String reason() {
    AttemptRecord now = current();
    if (now.state() == RunState.QUEUED && now.handle() == null) {
      Supplier<String> reason;
      synchronized (this) {
        reason = queueReason;
      }
      return reason.get();
    }
    return now.reason();
  }

  /** The last progress that the program reported. */
  public synchronized @Nullable Progress progress() {
    return progress;
  }

  /** Whether the user asked for its end. */
  public synchronized boolean cancelRequested() {
    return cancelRequested;
  }

  /** A number that grows with every change that a user could see. */
  public synchronized long version() {
    return version;
  }

  /** Waits until {@link #version()} differs, at most that long; returns the present version. */
  public synchronized long awaitChange(long seen, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    for (long left = atMost.toNanos();
        version == seen && left > 0;
        left = end - System.nanoTime()) {
      wait(Math.max(1, left / 1_000_000));
    }
    return version;
  }

  LaunchKey key() {
    return new LaunchKey(workspaceId, id, current().launchNumber());
  }

  Workload workload() {
    return new Workload(key(), spec);
  }

  StreamRef stream(WorkloadHandle handle, int rank, Channel channel) {
    return new StreamRef(handle, current().restart(), rank, channel);
  }

  synchronized void queueReason(Supplier<String> reason) {
    this.queueReason = reason;
  }

  /** Steps the newest attempt to another state and notes the event. */
  synchronized void change(RunState to, String reason, Instant now) {
    AttemptRecord from = current();
    Transitions.check(from.state(), to);
    replace(from.in(to, reason));
    record(new RunEvent.StateChanged(now, from.number(), to, reason));
  }

  /** Notes what a queued attempt waits for; does nothing if that is known. */
  synchronized boolean waiting(String reason, Instant now) {
    AttemptRecord at = current();
    if (at.state() != RunState.QUEUED || at.reason().equals(reason)) {
      return false;
    }
    replace(at.in(RunState.QUEUED, reason));
    record(new RunEvent.WaitingFor(now, at.number(), reason));
    return true;
  }

  synchronized void launched(WorkloadHandle handle) {
    replace(current().launchedAs(handle));
  }

  /** Steps to RUNNING with the engine's time of the start. */
  synchronized void running(@Nullable Instant since, Instant now) {
    change(RunState.RUNNING, "", now);
    replace(current().startedAt(since));
  }

  synchronized void startedAt(@Nullable Instant time) {
    replace(current().startedAt(time));
  }

  /**
   * Ends the newest attempt for good. Users go on seeing what was before until {@link #publish}.
   */
  synchronized void end(Verdict verdict, @Nullable Instant ended, Instant now) {
    AttemptRecord at = current();
    judge(at, verdict, ended, now);
    beforeEnd = at;
  }

  /** Ends the newest attempt and begins another one, in one step. */
  synchronized void endAndContinue(
      Verdict verdict, @Nullable Instant ended, AttemptRecord next, RunEvent why) {
    judge(current(), verdict, ended, next.created());
    attempts.add(next);
    recovered = false;
    record(why);
    record(new RunEvent.StateChanged(next.created(), next.number(), next.state(), ""));
  }

  private void judge(AttemptRecord at, Verdict verdict, @Nullable Instant ended, Instant now) {
    Transitions.check(at.state(), verdict.outcome().state());
    replace(at.judged(verdict, ended == null ? now : ended));
    record(
        new RunEvent.StateChanged(now, at.number(), verdict.outcome().state(), verdict.reason()));
  }

  /** The verdict is durable: users may see it. */
  synchronized void publish() {
    beforeEnd = null;
    changed();
  }

  synchronized boolean requestCancel(Instant now) {
    if (cancelRequested) {
      return false;
    }
    cancelRequested = true;
    record(new RunEvent.CancelRequested(now, current().number()));
    return true;
  }

  synchronized void note(String text, Instant now) {
    record(new RunEvent.Noted(now, current().number(), text));
  }

  synchronized void progress(Progress reported) {
    this.progress = reported;
    changed();
  }

  /** Whether an earlier client has worked on the newest attempt. */
  synchronized boolean recovered() {
    return recovered;
  }

  synchronized void markRecovered() {
    recovered = true;
  }

  /** Whether the caller has to schedule a flush: true once until {@link #takeChanges}. */
  synchronized boolean markFlush() {
    boolean first = !flushPending;
    flushPending = true;
    return first;
  }

  synchronized Changes takeChanges() {
    flushPending = false;
    Changes changes =
        new Changes(
            firstUnflushed,
            List.copyOf(attempts.subList(firstUnflushed, attempts.size())),
            List.copyOf(events),
            cancelRequested);
    firstUnflushed = attempts.size() - 1;
    events.clear();
    return changes;
  }

  /** The run as users may see it now. */
  public RunRecord record() {
    String why = reason();
    synchronized (this) {
      List<AttemptRecord> visible = new ArrayList<>(attempts);
      if (beforeEnd != null) {
        visible.set(visible.size() - 1, beforeEnd);
        why = beforeEnd.reason();
      }
      RunState state = visible.get(visible.size() - 1).state();
      return new RunRecord(pk, id, spec, submitted, state, why, visible, progress);
    }
  }

  /** Takes back changes that could not be written. */
  synchronized void putBack(Changes changes) {
    firstUnflushed = Math.min(firstUnflushed, changes.from());
    events.addAll(0, changes.events());
  }

  private void replace(AttemptRecord newest) {
    attempts.set(attempts.size() - 1, newest);
    changed();
  }

  private void record(RunEvent event) {
    events.add(event);
    changed();
  }

  private void changed() {
    version++;
    notifyAll();
  }
}
