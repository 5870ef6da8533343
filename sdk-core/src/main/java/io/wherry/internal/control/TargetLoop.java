package io.wherry.internal.control;

import io.wherry.event.RunEvent;
import io.wherry.internal.check.Durations;
import io.wherry.spec.Cause;
import io.wherry.spec.RunState;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.Observation;
import io.wherry.spi.Watching;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings the runs of one target from the queue to their end: launches in order of priority,
 * observes, stops. One thread does all of it, so that no two decisions about a run can cross;
 * whatever may take long goes to the {@link Finisher}.
 */
final class TargetLoop implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TargetLoop.class.getName());
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration STOP_SLACK = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Comparator<ActiveRun> ORDER =
      Comparator.<ActiveRun>comparingInt(r -> -r.spec().priority())
          .thenComparingLong(ActiveRun::pk);

  private final String target;
  private final WorkloadBackend backend;
  private final Target place;
  private final String workspaceId;
  private final Journal journal;
  private final Finisher finisher;
  private final Clock clock;
  private final Steps steps;
  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final Thread thread;

  private final TreeSet<ActiveRun> queue = new TreeSet<>(ORDER);
  private final List<ActiveRun> offered = new ArrayList<>();
  private final Map<WorkloadHandle, ActiveRun> active = new LinkedHashMap<>();
  private final Set<WorkloadHandle> woken = new HashSet<>();
  private final Map<WorkloadHandle, Long> missingSince = new HashMap<>();
  private final Map<WorkloadHandle, Long> stoppedAt = new HashMap<>();
  private final Set<ActiveRun> toStop = new HashSet<>();
  private final Set<ActiveRun> maybeLaunched = new HashSet<>();
  private List<ActiveRun> toRecover = new ArrayList<>();
  private long nextPoll = System.nanoTime();
  private int outages;
  private boolean noRoom;
  private volatile String roomReason = "";
  private volatile boolean closed;

  private final Object gate = new Object();
  private final List<ActiveRun> leftOver = new ArrayList<>();
  private boolean handedOver;
  private @Nullable TargetLoop successor;

  TargetLoop(
      Target place,
      String workspaceId,
      Journal journal,
      Finisher finisher,
      Clock clock,
      Steps steps) {
    this.place = place;
    this.target = place.name();
    this.backend = place.backend();
    this.workspaceId = workspaceId;
    this.journal = journal;
    this.finisher = finisher;
    this.clock = clock;
    this.steps = steps;
    this.thread = new Thread(this::run, "wherry-" + target);
    thread.setDaemon(true);
  }

  void start() {
    backend
        .facet(Watching.class)
        .ifPresent(w -> w.watch(handle -> inbox.add(() -> woken.add(handle))));
    thread.start();
  }

  WorkloadBackend backend() {
    return backend;
  }

  /** Takes a run whose content is on the target. */
  void enqueue(ActiveRun run) {
    post(() -> offer(run), run);
  }

  /** Once the loop has ended its successor takes the run up, as after a restart of the client. */
  private void post(Runnable work, ActiveRun run) {
    TargetLoop next;
    synchronized (gate) {
      if (!handedOver) {
        inbox.add(work);
        return;
      }
      next = successor;
      if (next == null) {
        leftOver.add(run);
        return;
      }
    }
    next.recover(List.of(run));
  }

  /**
   * Takes up runs of an earlier client; nothing new is launched before it is known what that one
   * had launched.
   */
  void recover(List<ActiveRun> runs) {
    inbox.add(() -> toRecover.addAll(runs));
  }

  /** The user wants the run to end; the request is durable already. */
  void cancel(ActiveRun run) {
    inbox.add(
        () -> {
          if (maybeLaunched.contains(run)) {
            return; // only the same launch again tells whether there is something to stop
          }
          if (queue.remove(run)) {
            finisher.conclude(this, run, Verdict.canceledBeforeStart(), null);
          } else if (active.containsValue(run)) {
            toStop.add(run);
          }
        });
  }

  /** Takes back an attempt whose end could not be worked up, to try again. */
  void observeAgain(ActiveRun run, WorkloadHandle handle) {
    post(() -> active.put(handle, run), run);
  }

  private void run() {
    while (!closed) {
      try {
        Runnable next = isIdle() ? inbox.take() : inbox.poll(untilPoll(), TimeUnit.NANOSECONDS);
        for (; next != null; next = inbox.poll()) {
          next.run();
        }
        if (!closed) {
          step();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "target " + target + ": a step failed; going on", e);
        postpone();
      }
    }
  }

  private boolean isIdle() {
    return queue.isEmpty() && active.isEmpty() && toRecover.isEmpty() && toStop.isEmpty();
  }

  private long untilPoll() {
    return Math.max(0, nextPoll - System.nanoTime());
  }

  private void step() {
    if (!toRecover.isEmpty() && !recoverNow()) {
      return;
    }
    stopRequested();
    boolean due = nextPoll - System.nanoTime() <= 0;
    observe(due ? Set.copyOf(active.keySet()) : known(woken));
    woken.clear();
    if (due) {
      noRoom = false;
      nextPoll = System.nanoTime() + place.known().pollInterval().toNanos();
      endWhatWaitedTooLong();
    }
    launch();
    offered.stream().filter(queue::contains).forEach(journal::flushLater); // these have to wait
    offered.clear();
  }

  private Set<WorkloadHandle> known(Set<WorkloadHandle> handles) {
    Set<WorkloadHandle> known = new HashSet<>(handles);
    known.retainAll(active.keySet());
    return known;
  }

  // ---- recovery

  private boolean recoverNow() {
    place.capabilities(); // how often to look and how long to wait before something is lost
    boolean ask = toRecover.stream().anyMatch(r -> r.current().handle() == null);
    Map<LaunchKey, WorkloadHandle> found = Map.of();
    try {
      if (ask) {
        found = EngineCalls.retrying("find", () -> backend.find(workspaceId));
      }
    } catch (BackendException e) {
      outage(e);
      return false;
    }
    List<ActiveRun> runs = toRecover;
    toRecover = new ArrayList<>();
    for (ActiveRun run : runs) {
      WorkloadHandle handle = run.current().handle();
      if (handle == null) {
        handle = found.get(run.key());
        if (handle != null) {
          taken(run, handle);
        }
      }
      if (handle == null) {
        finisher.prepare(this, run);
      } else {
        active.put(handle, run);
        woken.add(handle);
        if (run.cancelRequested()) {
          toStop.add(run);
        }
      }
    }
    return true;
  }

  // ---- launching

  private void offer(ActiveRun run) {
    if (run.cancelRequested()) {
      finisher.conclude(this, run, Verdict.canceledBeforeStart(), null);
      return;
    }
    if (run.state() != RunState.QUEUED) {
      run.change(RunState.QUEUED, "", clock.instant());
    }
    run.queueReason(this::queueReason);
    queue.add(run);
    offered.add(run);
  }

  private String queueReason() {
    String room = roomReason;
    return room.isEmpty() ? "" : "waiting for room on " + target + ": " + room;
  }

  private void launch() {
    while (!queue.isEmpty() && !noRoom) {
      ActiveRun run = queue.first();
      try {
        LaunchPlan plan = backend.plan(List.of(run.workload()));
        steps.reached("launch", run.key());
        Launch answer = EngineCalls.launching("launch", plan::launch);
        if (answer instanceof Launch.NoRoom full) {
          maybeLaunched.remove(run); // nothing was started, the answer says
          if (run.cancelRequested()) {
            queue.remove(run);
            finisher.conclude(this, run, Verdict.canceledBeforeStart(), null);
            continue;
          }
          noRoom = true;
          if (!roomReason.equals(full.reason())) {
            roomReason = full.reason();
            journal.flushLater(run);
          }
          return;
        }
        WorkloadHandle handle = ((Launch.Taken) answer).handles().get(run.key());
        if (handle == null) {
          throw new IllegalStateException("launch gave no handle for " + run.key());
        }
        steps.reached("launched", run.key());
        queue.remove(run);
        maybeLaunched.remove(run);
        outages = 0;
        taken(run, handle);
        active.put(handle, run);
        if (run.cancelRequested()) {
          toStop.add(run);
        }
        nextPoll = Math.min(nextPoll, System.nanoTime() + SOON.toNanos());
      } catch (BackendException e) {
        if (e.kind() == Kind.REJECTED) {
          queue.remove(run);
          maybeLaunched.remove(run);
          finisher.conclude(this, run, Verdict.notStarted(message(e)), null);
        } else {
          if (e.kind() == Kind.AMBIGUOUS) {
            maybeLaunched.add(run); // stays in the queue: the same key again, at most one start
          }
          outage(e);
          return;
        }
      } catch (RuntimeException e) { // a mistake in the backend must not hold up the other runs
        LOG.log(Level.ERROR, run.id() + ": the launch failed", e);
        queue.remove(run);
        maybeLaunched.remove(run);
        finisher.conclude(this, run, Verdict.notStarted("the launch failed: " + e), null);
      }
    }
    if (queue.isEmpty()) {
      roomReason = "";
    }
  }

  private void taken(ActiveRun run, WorkloadHandle handle) {
    if (run.state() != RunState.QUEUED) {
      run.change(RunState.QUEUED, "", clock.instant());
    }
    run.launched(handle);
    journal.flushLater(run);
  }

  private void endWhatWaitedTooLong() {
    Instant now = clock.instant();
    List<ActiveRun> late = new ArrayList<>();
    queue.stream()
        .filter(run -> !maybeLaunched.contains(run))
        .forEach(run -> addIfLate(run, now, late));
    active.values().stream()
        .filter(r -> r.state() == RunState.QUEUED)
        .forEach(r -> addIfLate(r, now, late));
    for (ActiveRun run : late) {
      Duration limit = run.spec().startTimeout();
      String reason =
          "did not start within "
              + Durations.format(limit == null ? Duration.ZERO : limit)
              + (run.reason().isEmpty() ? "" : "; it was " + run.reason());
      WorkloadHandle handle = run.current().handle();
      if (handle == null) {
        queue.remove(run);
        finisher.conclude(this, run, Verdict.notStarted(reason), null);
      } else if (tryStop(run, handle)) {
        forget(handle);
        finisher.conclude(this, run, Verdict.notStarted(reason), null);
      }
    }
  }

  private static void addIfLate(ActiveRun run, Instant now, List<ActiveRun> late) {
    Duration limit = run.spec().startTimeout();
    if (limit != null && now.isAfter(run.current().created().plus(limit))) {
      late.add(run);
    }
  }

  // ---- stopping

  private void stopRequested() {
    toStop.removeIf(
        run -> {
          WorkloadHandle handle = run.current().handle();
          return handle == null || run.state().isFinal() || tryStop(run, handle);
        });
  }

  private boolean tryStop(ActiveRun run, WorkloadHandle handle) {
    try {
      steps.reached("stop", run.key());
      EngineCalls.retrying(
          "stop",
          () -> {
            backend.stop(Set.of(handle), run.spec().grace());
            return true;
          });
      stoppedAt.put(handle, System.nanoTime());
      nextPoll = Math.min(nextPoll, System.nanoTime() + SOON.toNanos());
      return true;
    } catch (BackendException e) {
      outage(e);
      return false;
    }
  }

  /**
   * An order may be lost with whoever had to carry it out: what outlives its grace is told again.
   */
  private void insist(ActiveRun run, WorkloadHandle handle) {
    Long since = stoppedAt.get(handle);
    Duration patience = run.spec().grace().plus(STOP_SLACK);
    if (since != null && System.nanoTime() - since > patience.toNanos()) {
      toStop.add(run);
    }
  }

  private void forget(WorkloadHandle handle) {
    active.remove(handle);
    stoppedAt.remove(handle);
  }

  // ---- observing

  private void observe(Set<WorkloadHandle> handles) {
    if (handles.isEmpty()) {
      return;
    }
    Map<WorkloadHandle, Observation> answers;
    try {
      answers = backend.observe(handles);
      outages = 0;
    } catch (BackendException e) {
      outage(e);
      return;
    }
    answers.forEach(
        (handle, observation) -> {
          ActiveRun run = active.get(handle);
          if (run != null) {
            try {
              apply(run, handle, observation);
            } catch (RuntimeException e) { // of one run; the others go on
              LOG.log(Level.ERROR, run.id() + ": " + observation + " could not be taken in", e);
            }
          }
        });
  }

  private void apply(ActiveRun run, WorkloadHandle handle, Observation observation) {
    if (!(observation instanceof Observation.Missing)) {
      missingSince.remove(handle);
    }
    if (observation instanceof Observation.Waiting || observation instanceof Observation.Active) {
      insist(run, handle);
    }
    if (observation instanceof Observation.Waiting waiting) {
      catchUp(run, handle, waiting.restart());
      if (run.waiting(waiting.reason(), clock.instant())) {
        journal.flushLater(run);
      }
    } else if (observation instanceof Observation.Active now) {
      catchUp(run, handle, now.restart());
      if (run.state() == RunState.QUEUED) {
        steps.reached("running", run.key());
        run.running(now.since(), clock.instant());
        finisher.streams().follow(run, handle, backend);
        journal.flushLater(run);
      } else if (run.state() == RunState.RUNNING) {
        finisher.streams().follow(run, handle, backend); // taken up after a restart of the client
      }
    } else if (observation instanceof Observation.Ended ended) {
      catchUp(run, handle, ended.restart());
      steps.reached("ended", run.key());
      finisher.finish(this, run, handle, ended);
      forget(handle);
      noRoom = false;
    } else if (observation instanceof Observation.Missing missing) {
      missing(run, handle, missing.reason());
    }
  }

  /** What the engine restarted by itself becomes an attempt of its own. */
  private void catchUp(ActiveRun run, WorkloadHandle handle, int restart) {
    AttemptRecord at = run.current();
    if (restart <= at.restart()) {
      return;
    }
    Instant now = clock.instant();
    try {
      finisher.streams().drain(run, handle, backend);
    } catch (BackendException e) {
      run.note("the last output before the restart may be missing: " + message(e), now);
    }
    finisher.streams().forget(run);
    run.endAndContinue(
        Verdict.requeued(),
        null,
        at.restarted(restart, now),
        new RunEvent.Retrying(now, at.number(), Cause.REQUEUED, null));
    journal.flushLater(run);
  }

  private void missing(ActiveRun run, WorkloadHandle handle, String reason) {
    long now = System.nanoTime();
    long since = missingSince.computeIfAbsent(handle, h -> now);
    if (now - since < place.known().missingGrace().toNanos()) {
      return;
    }
    try {
      backend.stop(
          Set.of(handle), run.spec().grace()); // should it live after all, it must not go on unseen
    } catch (BackendException e) {
      LOG.log(Level.DEBUG, "stop before LOST failed", e);
    }
    missingSince.remove(handle);
    forget(handle);
    noRoom = false;
    finisher.conclude(this, run, Verdict.missing(reason, run.cancelRequested()), null);
  }

  // ---- trouble

  /** The engine can't be asked: nothing is judged, and the next look comes later and later. */
  private void outage(BackendException e) {
    if (outages == 0) {
      String text = "target " + target + " does not answer: " + message(e);
      LOG.log(Level.WARNING, text);
      for (ActiveRun run : active.values()) {
        run.note(text, clock.instant());
        journal.flushLater(run);
      }
    }
    roomReason = message(e);
    postpone();
  }

  private void postpone() {
    outages = Math.min(outages + 1, 20);
    long pause = place.known().pollInterval().toNanos() << Math.min(outages - 1, 10);
    noRoom = true;
    nextPoll = System.nanoTime() + Math.min(pause, LONGEST_PAUSE.toNanos());
  }

  private static String message(BackendException e) {
    @Nullable String message = e.getMessage();
    return message == null ? e.kind().toString() : message;
  }

  /** Ends the loop; the engine goes on with what it has. */
  @Override
  public void close() {
    closed = true;
    inbox.add(() -> {});
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Gives away the runs of a closed loop. What is still being worked up stays with the finisher and
   * comes to the {@link #successor} if it needs a loop again.
   */
  List<ActiveRun> handOver() {
    synchronized (gate) {
      handedOver = true;
    }
    for (Runnable work = inbox.poll(); work != null; work = inbox.poll()) {
      work.run();
    }
    Set<ActiveRun> runs = new LinkedHashSet<>(queue);
    runs.addAll(active.values());
    runs.addAll(toRecover);
    return List.copyOf(runs);
  }

  /** Names the loop that has taken this one's place. */
  void successor(TargetLoop next) {
    List<ActiveRun> late;
    synchronized (gate) {
      successor = next;
      late = List.copyOf(leftOver);
      leftOver.clear();
    }
    if (!late.isEmpty()) {
      next.recover(late);
    }
  }
}
