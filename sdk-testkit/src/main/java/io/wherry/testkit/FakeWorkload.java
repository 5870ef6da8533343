package io.wherry.testkit;

import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spec.RunSpec;
import io.wherry.spi.Channel;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Observation;
import io.wherry.spi.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One workload of a fake engine: it waits, runs, and ends, as time passes. Guarded by the engine.
 */
final class FakeWorkload {
  private static final Duration RANK_GRACE = Duration.ofSeconds(1);

  private final Workload workload;
  private final Scripts scripts;
  private final Map<String, byte[]> checkpoint;
  private final FakeSetup setup;
  private final List<List<FakeProcess>> starts = new ArrayList<>();
  private final Map<String, Map<String, byte[]>> outputs = new LinkedHashMap<>();
  private List<FakeProcess> processes = List.of();
  private Instant queuedAt;
  private @Nullable Instant startedAt;
  private @Nullable Instant killAt;
  private int restart;
  private boolean stopRequested;
  private @Nullable Cause cause;
  private String detail = "";
  private int deciding = -1;
  private Observation.@Nullable Ended ended;

  /**
   * Makes a workload that waits.
   *
   * @param scripts what the processes do; asked when they start
   * @param checkpoint the checkpoint folder of the run, shared by its attempts
   */
  FakeWorkload(
      Workload workload,
      Scripts scripts,
      Map<String, byte[]> checkpoint,
      FakeSetup setup,
      Instant queuedAt) {
    this.workload = workload;
    this.scripts = scripts;
    this.checkpoint = checkpoint;
    this.setup = setup;
    this.queuedAt = queuedAt;
  }

  /** What one process does. */
  @FunctionalInterface
  interface Scripts {
    Script of(int restart, int rank);
  }

  int restart() {
    return restart;
  }

  LaunchKey key() {
    return workload.key();
  }

  RunSpec spec() {
    return workload.spec();
  }

  /** Since when it waits for its turn. */
  Instant queuedAt() {
    return queuedAt;
  }

  boolean isWaiting() {
    return startedAt == null && ended == null;
  }

  boolean isRunning() {
    return startedAt != null && ended == null;
  }

  boolean isEnded() {
    return ended != null;
  }

  Map<String, byte[]> checkpoint() {
    return checkpoint;
  }

  /** Files of an output by path; an empty path is the output itself. */
  Map<String, byte[]> output(String name) {
    return outputs.getOrDefault(name, Map.of());
  }

  void output(String name, String path, byte[] bytes) {
    outputs.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(path, bytes);
  }

  /** All of a stream; remembers how far the reader is. */
  byte[] read(int start, int rank, Channel channel, long from) {
    if (start >= starts.size() || rank >= starts.get(start).size()) {
      return new byte[0];
    }
    FakeProcess process = starts.get(start).get(rank);
    process.readUpTo(channel, from);
    return process.stream(channel);
  }

  /** Whether some reader has taken everything that was written so far. */
  boolean isReadToItsEnd() {
    return processes.stream().allMatch(FakeProcess::isReadToItsEnd);
  }

  long processesAlive() {
    return processes.stream().filter(FakeProcess::isAlive).count()
        + processes.stream().filter(FakeProcess::hasFork).count();
  }

  boolean allows(long bytes) {
    long limit = spec().resources().memoryLimit();
    return limit == 0 || bytes <= limit;
  }

  /** Where what is written to a channel arrives. */
  Channel channel(Channel written) {
    return written == Channel.ERR && !setup.features().contains(Feature.SPLIT_STREAMS)
        ? Channel.OUT
        : written;
  }

  void ranOutOfMemory() {
    if (setup.features().contains(Feature.DETECTS_OUT_OF_MEMORY)) {
      giveCause(Cause.OUT_OF_MEMORY, "more than its memory limit");
    }
  }

  Observation observation(String waitingFor) {
    if (ended != null) {
      return ended;
    }
    return startedAt == null
        ? new Observation.Waiting(restart, waitingFor)
        : new Observation.Active(restart, startedAt, true, List.of());
  }

  void start(Instant now) {
    startedAt = now;
    processes = new ArrayList<>();
    for (int rank = 0; rank < spec().worldSize(); rank++) {
      processes.add(new FakeProcess(scripts.of(restart, rank), now));
    }
    starts.add(processes);
  }

  /** When something happens in it next; empty while it waits and when it has ended. */
  Optional<Instant> nextEvent() {
    if (!isRunning()) {
      return Optional.empty();
    }
    List<Instant> times = new ArrayList<>();
    processes.stream().filter(FakeProcess::isAlive).map(FakeProcess::at).forEach(times::add);
    limitAt().ifPresent(times::add);
    if (killAt != null) {
      times.add(killAt);
    }
    return times.stream().min(Comparator.naturalOrder());
  }

  /** Lets happen what happens at that instant. */
  void proceed(Instant now) {
    for (FakeProcess process : processes) {
      if (process.isAlive() && !process.at().isAfter(now)) {
        process.proceed(this);
      }
    }
    int failed = firstFailed();
    if (failed >= 0 && deciding < 0) {
      deciding = failed;
      end(now, RANK_GRACE);
    }
    if (limitAt().filter(at -> !at.isAfter(now)).isPresent() && anyAlive()) {
      giveCause(Cause.TIME_LIMIT, "its time limit ran out");
      end(now, spec().grace());
    }
    if (killAt != null && !killAt.isAfter(now)) {
      processes.forEach(p -> p.kill(now, FakeProcess.KILLED));
    }
    settle(now);
  }

  boolean isStopRequested() {
    return stopRequested;
  }

  void stop(Instant now, Duration grace) {
    stopRequested = true;
    if (isWaiting()) {
      ended =
          new Observation.Ended(
              restart, null, Cause.STOPPED, "stopped before it began", null, now, 0);
    } else if (isRunning()) {
      giveCause(Cause.STOPPED, "");
      end(now, grace);
      proceed(now);
    }
  }

  /** Ends it from outside, at once; it may wait for another start then. */
  void strike(Instant now, Cause why, int exitCode) {
    processes.forEach(p -> p.kill(now, exitCode));
    if (cause == null && isRequeuedAfter(why)) {
      processes.forEach(FakeProcess::endForks);
      restart++;
      queuedAt = now;
      startedAt = null;
      deciding = -1;
    } else {
      giveCause(why, "");
      settle(now);
    }
  }

  /** The engine counts its own starts against the total that the user allows. */
  private boolean isRequeuedAfter(Cause why) {
    return setup.requeues().contains(why)
        && spec().retry().causes().contains(why)
        && key().attempt() + restart < spec().retry().attempts();
  }

  /** Has one rank do something now. */
  void interject(Instant now, int rank, Iterable<Step> steps) {
    processes.get(rank).interject(steps, this);
    proceed(now);
  }

  /** Lets it do all that is left, at once. */
  void hurry(Instant now) {
    processes.forEach(p -> p.hurry(now, this));
    settle(now);
  }

  private void end(Instant now, Duration grace) {
    Instant kill = now.plus(grace);
    if (killAt == null || kill.isBefore(killAt)) {
      killAt = kill;
    }
    processes.forEach(p -> p.term(now));
    for (FakeProcess process : processes) {
      if (process.isAlive() && !process.at().isAfter(now)) {
        process.proceed(this);
      }
    }
  }

  private void giveCause(Cause why, String words) {
    if (cause == null) {
      cause = why;
      detail = words;
    }
  }

  private Optional<Instant> limitAt() {
    Duration limit = spec().timeLimit();
    return limit == null || startedAt == null || cause != null
        ? Optional.empty()
        : Optional.of(startedAt.plus(limit));
  }

  private boolean anyAlive() {
    return processes.stream().anyMatch(FakeProcess::isAlive);
  }

  private int firstFailed() {
    for (int rank = 0; rank < processes.size(); rank++) {
      FakeProcess process = processes.get(rank);
      if (!process.isAlive() && process.exitCode() != 0) {
        return rank;
      }
    }
    return -1;
  }

  private void settle(Instant now) {
    if (anyAlive() || !isRunning()) {
      return;
    }
    int decider = Math.max(0, deciding >= 0 ? deciding : firstFailed());
    boolean told = cause == null || cause == Cause.EXITED || exitCodeIsTold();
    ended =
        new Observation.Ended(
            restart,
            told ? processes.get(decider).exitCode() : null,
            cause == null ? Cause.EXITED : cause,
            detail,
            startedAt,
            now,
            decider);
    processes.forEach(FakeProcess::endForks);
  }

  /** A machine or place that went away tells nothing. */
  private boolean exitCodeIsTold() {
    return cause != Cause.PREEMPTED && cause != Cause.NODE_LOST;
  }
}
