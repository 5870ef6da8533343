package io.wherry.testkit;

import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spec.RunSpec;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.Backend;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.ConfigKey;
import io.wherry.spi.LaunchKey;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A backend in memory that honours the whole contract without starting a process. One provider is
 * one engine: all backends that it opens see the same workloads. Programs are {@linkplain Behaviour
 * behaviours} in Java; the contract's own programs are known already. Set it up before the first
 * backend is opened; then it is thread-safe.
 */
public final class FakeProvider implements BackendProvider {
  static final String KIND = "fake";
  private static final Duration POLL = Duration.ofMillis(50);

  private final FakeEngine engine = new FakeEngine();
  private final MemoryBlobs staging = new MemoryBlobs();
  private final Set<Feature> features = EnumSet.complementOf(EnumSet.of(Feature.GPU));
  private Function<RunSpec, Behaviour> programs = FakeProvider::contractProgram;

  /** Makes an engine with every feature except GPUs, and with nodes without end. */
  public FakeProvider() {}

  /** Sets what each run does, instead of the contract's programs. */
  public FakeProvider programs(Function<RunSpec, Behaviour> behaviours) {
    programs = behaviours;
    return this;
  }

  /** Takes features away, with all that imply them. */
  public FakeProvider without(Feature... missing) {
    Set<Feature> gone = Set.of(missing);
    features.removeIf(f -> Feature.closure(Set.of(f)).stream().anyMatch(gone::contains));
    return this;
  }

  /** Gives the engine so many nodes, each run taking its own alone. */
  public FakeProvider nodes(int count) {
    engine.nodes(count);
    return this;
  }

  /**
   * Takes the engine's queue away: where it would let a workload wait it says that there is no
   * room.
   */
  public FakeProvider withoutQueue() {
    engine.withoutQueue();
    return this;
  }

  /** Lets every workload wait at least so long before it starts. */
  public FakeProvider queueing(Duration atLeast) {
    engine.queueing(atLeast);
    return this;
  }

  /**
   * Makes every verb fail that talks to the engine, until closed. {@code AMBIGUOUS} lets a launch
   * happen and loses the answer; other verbs work.
   */
  public BackendFixture.Disturbance beginOutage(BackendException.Kind kind) {
    engine.outage(kind);
    return () -> engine.outage(null);
  }

  /** Keeps all workloads that have not begun waiting, until closed. */
  public BackendFixture.Disturbance beginCongestion() {
    engine.congested(true);
    return () -> engine.congested(false);
  }

  /** What is alive and carries a mark in its environment, in words. */
  List<String> processes(String mark, Clock clock) {
    return engine.processes(mark, clock.instant());
  }

  /** Empties the checkpoint folder of a run. */
  void forgetCheckpoints(LaunchKey key) {
    engine.forgetCheckpoint(key);
  }

  /** {@code fake}. */
  @Override
  public String kind() {
    return KIND;
  }

  /** None. */
  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public Backend open(TargetSpec target, BackendContext context) {
    NodeSize nodes = new NodeSize("fake", 64, 64L << 30, 0, engine.nodes());
    return new FakeBackend(
        new FakeSetup(
            KIND,
            engine,
            features,
            Set.of(),
            nodes,
            POLL,
            programs,
            x -> staging,
            Optional.empty()),
        context);
  }

  private static Behaviour contractProgram(RunSpec spec) {
    return Job.behaviour(spec.program())
        .orElse(s -> s.err(spec.program() + ": not found\n").exit(127));
  }
}
