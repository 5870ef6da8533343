package io.wherry.testkit;

import io.wherry.spec.RunSpec;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.Channel;
import io.wherry.spi.LaunchKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A foreign system without threads: what has happened is computed when somebody asks, in order of
 * time, from the clock alone. Thread-safe.
 */
final class FakeEngine {
  private final Map<LaunchKey, FakeWorkload> workloads = new LinkedHashMap<>();
  private final Set<LaunchKey> released = new HashSet<>();
  private final Map<String, Map<String, byte[]>> checkpoints = new ConcurrentHashMap<>();
  private Duration queueing = Duration.ZERO;
  private int nodes = Integer.MAX_VALUE;
  private boolean queues = true;
  private boolean congested;
  private @Nullable Kind outage;
  private Instant time = Instant.MIN;
  private long changes;

  // how it is set up

  synchronized void queueing(Duration atLeast) {
    queueing = atLeast;
  }

  synchronized void nodes(int count) {
    nodes = count;
  }

  synchronized int nodes() {
    return nodes;
  }

  /** Without a queue it has no room where it would let a workload wait. */
  synchronized void withoutQueue() {
    queues = false;
  }

  synchronized void congested(boolean yes) {
    congested = yes;
  }

  synchronized void outage(@Nullable Kind kind) {
    outage = kind;
  }

  // what a backend asks

  /**
   * Fails if the engine is out of reach; an ambiguous one is reached, and only its answer is lost.
   */
  synchronized void requireReachable() throws BackendException {
    if (outage != null && outage != Kind.AMBIGUOUS) {
      throw new BackendException(outage, "the fake engine was told to be out of reach");
    }
  }

  Map<String, byte[]> checkpoint(LaunchKey key) {
    return checkpoints.computeIfAbsent(
        key.workspaceId() + "/" + key.runId(), r -> new ConcurrentHashMap<>());
  }

  void forgetCheckpoint(LaunchKey key) {
    checkpoint(key).clear();
  }

  /**
   * Takes all of a batch that it does not have yet; or gives the reason why there is no room, and
   * takes none.
   */
  synchronized Optional<String> launch(List<FakeWorkload> batch, Instant now)
      throws BackendException {
    requireReachable();
    advance(now);
    List<FakeWorkload> fresh = batch.stream().filter(w -> !isKnown(w.key())).toList();
    int wanted = fresh.stream().mapToInt(w -> w.spec().nodes()).sum();
    if (!queues && wanted > freeNodes()) {
      return Optional.of(freeNodes() + " of " + nodes + " nodes are free");
    }
    fresh.forEach(w -> workloads.put(w.key(), w));
    advance(now);
    if (outage == Kind.AMBIGUOUS) {
      throw new BackendException(Kind.AMBIGUOUS, "the fake engine was told to lose its answer");
    }
    return Optional.empty();
  }

  private boolean isKnown(LaunchKey key) {
    return workloads.containsKey(key) || released.contains(key);
  }

  /** What a stream has, and how far it was read. */
  synchronized byte[] read(
      LaunchKey key, int restart, int rank, Channel channel, long from, Instant now) {
    advance(now);
    FakeWorkload workload = workloads.get(key);
    return workload == null ? new byte[0] : workload.read(restart, rank, channel, from);
  }

  synchronized List<LaunchKey> keys(String workspaceId) {
    return workloads.keySet().stream().filter(k -> k.workspaceId().equals(workspaceId)).toList();
  }

  /** Looks at a workload as it is now, if the engine has it. */
  synchronized <T> Optional<T> look(LaunchKey key, Instant now, Function<FakeWorkload, T> eye) {
    advance(now);
    return Optional.ofNullable(workloads.get(key)).map(eye);
  }

  /** Does something to a workload, if the engine has it; then time goes on from there. */
  synchronized boolean touch(LaunchKey key, Instant now, Consumer<FakeWorkload> hand) {
    advance(now);
    FakeWorkload workload = workloads.get(key);
    if (workload != null) {
      hand.accept(workload);
      advance(now);
    }
    return workload != null;
  }

  synchronized void release(LaunchKey key) {
    if (workloads.remove(key) != null) {
      released.add(key);
    }
  }

  synchronized String waitingFor(FakeWorkload workload) {
    if (congested) {
      return "the engine is congested";
    }
    return workload.spec().nodes() > freeNodes()
        ? freeNodes() + " of " + nodes + " nodes are free, it needs " + workload.spec().nodes()
        : "queued";
  }

  /** Descriptions of the processes alive whose environment has that mark. */
  synchronized List<String> processes(String mark, Instant now) {
    advance(now);
    return workloads.values().stream()
        .filter(w -> w.spec().env().containsValue(mark) && w.processesAlive() > 0)
        .map(w -> w.key() + ": " + w.processesAlive())
        .toList();
  }

  // time

  /** When something happens next; empty if nothing will unless somebody does something. */
  synchronized Optional<Instant> nextEvent() {
    return Stream.concat(
            nextWaiting().flatMap(this::startOf).stream(),
            workloads.values().stream().flatMap(w -> w.nextEvent().stream()))
        .min(Comparator.naturalOrder());
  }

  /** How many starts and ends there were so far. */
  synchronized long changes() {
    return changes;
  }

  /** Lets everything happen up to now, in order of time. */
  synchronized void advance(Instant now) {
    for (; ; ) {
      Optional<FakeWorkload> starting = nextWaiting();
      Instant start = starting.flatMap(this::startOf).orElse(Instant.MAX);
      Optional<FakeWorkload> running =
          workloads.values().stream()
              .filter(FakeWorkload::isRunning)
              .min(Comparator.comparing(w -> w.nextEvent().orElse(Instant.MAX)));
      Instant event = running.flatMap(FakeWorkload::nextEvent).orElse(Instant.MAX);
      // an end makes room, so that it comes before a start of the same instant
      if (!event.isAfter(now) && !event.isAfter(start)) {
        time = later(time, event);
        FakeWorkload workload = running.orElseThrow();
        workload.proceed(event);
        changes += workload.isEnded() ? 1 : 0;
      } else if (!start.isAfter(now)) {
        time = later(time, start);
        starting.orElseThrow().start(start);
        changes++;
      } else {
        time = later(time, now);
        return;
      }
    }
  }

  /**
   * Whose turn it is: by priority, then in order of submission; a large one holds back the others.
   */
  private Optional<FakeWorkload> nextWaiting() {
    List<FakeWorkload> waiting =
        workloads.values().stream().filter(FakeWorkload::isWaiting).toList();
    Comparator<FakeWorkload> age = Comparator.comparing(FakeWorkload::queuedAt);
    return waiting.stream()
        .filter(this::isDue)
        .min(Comparator.<FakeWorkload>comparingInt(w -> -w.spec().priority()).thenComparing(age))
        .or(() -> waiting.stream().min(age));
  }

  private boolean isDue(FakeWorkload workload) {
    return !workload.queuedAt().plus(queueing).isAfter(time);
  }

  private Optional<Instant> startOf(FakeWorkload workload) {
    return congested || workload.spec().nodes() > freeNodes()
        ? Optional.empty()
        : Optional.of(later(workload.queuedAt().plus(queueing), time));
  }

  private int freeNodes() {
    int taken =
        workloads.values().stream()
            .filter(FakeWorkload::isRunning)
            .map(FakeWorkload::spec)
            .mapToInt(RunSpec::nodes)
            .sum();
    return nodes - taken;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
