package io.wherry.testkit;

import io.wherry.Attempt;
import io.wherry.Run;
import io.wherry.Workspace;
import io.wherry.event.RunEvent;
import io.wherry.spec.RunState;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One test on a simulated target: clock, engine and workspace, kept in step. The engine is a pure
 * function of the clock; the workspace works in real time with threads of its own, so that after
 * each move of the clock this waits until the workspace knows what the engine knows.
 */
final class Simulation implements AutoCloseable {
  private static final Duration CATCH_UP = Duration.ofSeconds(20);
  private static final int RUNS = 100_000;

  private final String target;
  private final FakeEngine engine;
  private final ManualClock clock = new ManualClock();
  private final Path folder;
  private final BackendProvider provider;
  private final Map<String, String> secrets;
  private final List<Workspace> openings = new ArrayList<>();
  private final Workspace workspace;
  private final Set<String> finished = ConcurrentHashMap.newKeySet();

  /**
   * Begins: makes a workspace in a folder of its own and attaches the target.
   *
   * @param providers makes the target's provider, given who is asked before anybody waits
   */
  Simulation(
      String target,
      FakeEngine engine,
      Function<VirtualTime, BackendProvider> providers,
      Map<String, String> secrets) {
    this.target = target;
    this.engine = engine;
    this.secrets = secrets;
    try {
      folder = Files.createTempDirectory("wherry-simulated-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    provider = providers.apply(this::beforeWaiting);
    workspace = open();
    workspace.compute().attach(target, TargetSpec.of(SimulatedProvider.KIND, Map.of()));
  }

  ManualClock clock() {
    return clock;
  }

  /** One more opening of the workspace, so that whoever closes it closes only that. */
  Workspace workspace() {
    Workspace opening = open();
    openings.add(opening);
    return opening;
  }

  private Workspace open() {
    return Workspace.builder(folder.resolve("workspace"))
        .clock(clock)
        .secrets(secrets::get)
        .backend(provider)
        .defaultTarget(target)
        .open();
  }

  // ---- moving on

  /** Moves the clock from event to event, so that the workspace reacts to each at its time. */
  void advance(Duration time) {
    catchUp(false);
    Instant end = clock.instant().plus(time);
    for (Optional<Instant> next = nextEvent(); ; next = nextEvent()) {
      Instant at = next.orElse(Instant.MAX);
      if (at.isAfter(end)) {
        break;
      }
      long before = engine.changes();
      moveTo(at);
      engine.advance(clock.instant());
      if (engine.changes() != before || isLate(clock.instant())) {
        catchUp(false);
      }
    }
    moveTo(end);
    catchUp(true);
  }

  private void moveTo(Instant at) {
    Duration step = Duration.between(clock.instant(), at);
    clock.advance(step.isNegative() ? Duration.ZERO : step);
  }

  /** Does something to a running run, now. */
  void touch(Run run, String what, BiConsumer<FakeWorkload, Instant> hand) {
    catchUp(false);
    Instant now = clock.instant();
    boolean running = engine.look(key(run), now, FakeWorkload::isRunning).orElse(false);
    if (!running) {
      throw new IllegalStateException(
          run.id()
              + " cannot be "
              + what
              + ", because it does not run on "
              + target
              + ": it is "
              + run.state()
              + " -> advance the clock until it runs");
    }
    engine.touch(key(run), now, workload -> hand.accept(workload, now));
    clock.advance(Duration.ZERO);
    catchUp(true);
  }

  private Optional<Instant> nextEvent() {
    Instant now = clock.instant();
    return Stream.concat(
            engine.nextEvent().stream(), unfinished().stream().flatMap(r -> startBy(r).stream()))
        .filter(at -> at.isAfter(now))
        .min(Instant::compareTo);
  }

  // ---- keeping in step

  /** Waiting makes sense if the run has ended as soon as everything that is due was done. */
  private void beforeWaiting(String runId) {
    catchUp(true);
    Run run = workspace.runs().get(runId);
    if (run.state().isFinal()) {
      return;
    }
    String next =
        nextEvent()
            .map(at -> Duration.between(clock.instant(), at).toSeconds())
            .map(s -> "the next thing happens in " + s + " s of it")
            .orElse("nothing will happen by itself");
    throw new IllegalStateException(
        "waiting for "
            + runId
            + " would never end: it is "
            + run.state()
            + " on the simulated target "
            + target
            + ", virtual time stands still at "
            + clock.instant()
            + ", and "
            + next
            + " -> advance the target's clock before you wait, or finish(run)");
  }

  private void catchUp(boolean withStreams) {
    long deadline = System.nanoTime() + CATCH_UP.toNanos();
    for (; ; ) {
      Optional<String> behind = behind(withStreams);
      if (behind.isEmpty()) {
        break;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "the workspace did not catch up with virtual time: " + behind.get());
      }
      nap();
    }
    if (withStreams) {
      // stores what it learned, and with it everything that was on its way into the store
      workspace.compute().get(target).check();
    }
  }

  /** What the workspace has still to do, in words; empty if nothing. */
  private Optional<String> behind(boolean withStreams) {
    for (Run run : unfinished()) {
      Optional<String> words = behind(run, withStreams);
      if (words.isPresent()) {
        return words;
      }
    }
    return Optional.empty();
  }

  private Optional<String> behind(Run run, boolean withStreams) {
    RunState state = run.state();
    if (state.isFinal()) {
      boolean over =
          run.whenDone().isDone(); // else this is the end of an attempt that another follows
      if (over) {
        finished.add(run.id());
      }
      return over ? Optional.empty() : Optional.of(run + ", to be judged");
    }
    Instant now = clock.instant();
    LaunchKey key = key(run);
    int attempt = newest(run).number();
    @Nullable RunState there =
        engine
            .look(key, now, w -> key.attempt() + w.restart() == attempt ? stateOf(w) : null)
            .orElse(null);
    boolean streams =
        !withStreams || engine.look(key, now, FakeWorkload::isReadToItsEnd).orElse(true);
    boolean stopping =
        isCancelRequested(run)
            && !engine.look(key, now, FakeWorkload::isStopRequested).orElse(false);
    String reason = engine.look(key, now, engine::waitingFor).orElse("");
    boolean told = state != RunState.QUEUED || run.reason().contains(reason);
    boolean same = state == there && streams && told && !stopping && !isLate(run, now);
    return same
        ? Optional.empty()
        : Optional.of(
            run
                + ", which the target has as "
                + (there == null ? "in another attempt" : there)
                + (streams ? "" : ", with output to read")
                + (told ? "" : ", " + reason)
                + (stopping ? ", to be stopped" : ""));
  }

  private static @Nullable RunState stateOf(FakeWorkload workload) {
    if (workload.isEnded()) {
      return null;
    }
    return workload.isWaiting() ? RunState.QUEUED : RunState.RUNNING;
  }

  private List<Run> unfinished() {
    return workspace.runs().list(RUNS).stream()
        .filter(run -> !finished.contains(run.id()))
        .filter(run -> run.target().equals(target))
        .toList();
  }

  /** An engine that starts a run again keeps the key of its own first start. */
  private LaunchKey key(Run run) {
    int newest = newest(run).number();
    for (int attempt = newest; attempt > 0; attempt--) {
      LaunchKey key = new LaunchKey(workspace.id(), run.id(), attempt);
      int first = attempt;
      if (engine.look(key, clock.instant(), w -> first + w.restart() >= newest).orElse(false)) {
        return key;
      }
    }
    return new LaunchKey(workspace.id(), run.id(), newest);
  }

  private static Attempt newest(Run run) {
    List<Attempt> attempts = run.attempts();
    return attempts.get(attempts.size() - 1);
  }

  private static boolean isCancelRequested(Run run) {
    return run.timeline().stream().anyMatch(e -> e instanceof RunEvent.CancelRequested);
  }

  /** When the workspace gives up waiting for the start of a run. */
  private static Optional<Instant> startBy(Run run) {
    Duration limit = run.spec().startTimeout();
    return limit == null || run.state() != RunState.QUEUED
        ? Optional.empty()
        : Optional.of(newest(run).createdAt().plus(limit).plusMillis(1));
  }

  private static boolean isLate(Run run, Instant now) {
    return startBy(run).filter(by -> !by.isAfter(now)).isPresent();
  }

  private boolean isLate(Instant now) {
    return unfinished().stream().anyMatch(run -> isLate(run, now));
  }

  /** The workspace's own threads have to get on; how long that takes is theirs to know. */
  private static void nap() {
    try {
      TimeUnit.MILLISECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the workspace was catching up", e);
    }
  }

  @Override
  public void close() {
    openings.forEach(Workspace::close);
    workspace.close();
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
