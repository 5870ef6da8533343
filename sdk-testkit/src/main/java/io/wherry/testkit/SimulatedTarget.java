package io.wherry.testkit;

import static java.util.Objects.requireNonNull;

import io.wherry.Run;
import io.wherry.Workspace;
import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spec.RunSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A compute target for tests of code that uses Wherry. It runs on virtual time: hours pass in
 * milliseconds, nothing happens by chance, no program is started.
 *
 * <pre>{@code
 * @RegisterExtension SimulatedTarget hpc = SimulatedTarget.named("hpc").nodes(4).queueing(Duration.ofMinutes(10));
 *
 * @Test
 * void a_preempted_training_resumes() {
 *   Run run = new Training(hpc.workspace()).start("hpc");
 *   hpc.advance(Duration.ofMinutes(40)).preempt(run).advance(Duration.ofHours(1));
 *   assertEquals(2, run.await().orThrow().attempts().size());
 * }
 * }</pre>
 *
 * <p>A run waits for its turn, then does what its {@linkplain #program program} says or, without
 * one, takes 45 minutes, writes its declared outputs and exits with 0. Runs start in order of
 * priority, then of submission; each takes its nodes alone. Whenever a verb of this class returns,
 * the workspace has caught up: states, retries, logs and metrics are as of {@link #now}. Waiting
 * for a run that cannot end before the clock is advanced, by {@code await} or {@code follow}, is an
 * {@link IllegalStateException} that says so, never a hang.
 *
 * <p>As a JUnit extension it begins anew for each test; without JUnit, {@link #close} it. Its verbs
 * are for one thread; the workspace is thread-safe as always.
 */
public final class SimulatedTarget implements AfterEachCallback, AutoCloseable {
  private static final Duration USUAL = Duration.ofMinutes(45);
  private static final int PREEMPTED = 143;

  private final String name;
  private final Set<Feature> features = EnumSet.allOf(Feature.class);
  private final Set<Cause> requeues = EnumSet.noneOf(Cause.class);
  private final Map<String, Behaviour> programs = new HashMap<>();
  private final Map<String, String> secrets = new HashMap<>();
  private NodeSize nodes = new NodeSize("simulated", 64, 256L << 30, 8, Integer.MAX_VALUE);
  private Duration queueing = Duration.ZERO;
  private Duration running = USUAL;
  private @Nullable Simulation simulation;

  private SimulatedTarget(String name) {
    this.name = requireNonNull(name, "name");
  }

  /** A target of that name with nodes without end and no queueing. */
  public static SimulatedTarget named(String name) {
    return new SimulatedTarget(name);
  }

  // ---- how it is; before the test

  /** How many nodes there are: runs that find none free wait. No limit by default. */
  public SimulatedTarget nodes(int count) {
    return nodeSize(nodes.cpus(), nodes.memory(), nodes.gpus(), count);
  }

  /**
   * What a node offers: specs that ask for more are refused. By default 64 CPUs, 256 GiB and 8
   * GPUs.
   */
  public SimulatedTarget nodeSize(int cpus, long memory, int gpus) {
    return nodeSize(cpus, memory, gpus, nodes.nodes());
  }

  private SimulatedTarget nodeSize(int cpus, long memory, int gpus, int count) {
    requireNotBegun();
    nodes = new NodeSize("simulated", cpus, memory, gpus, count);
    return this;
  }

  /** How long every run waits at least before it starts. Zero by default. */
  public SimulatedTarget queueing(Duration atLeast) {
    requireNotBegun();
    queueing = requireNonNull(atLeast, "atLeast");
    return this;
  }

  /** How long runs without a program take; 45 minutes by default. */
  public SimulatedTarget running(Duration time) {
    requireNotBegun();
    running = requireNonNull(time, "time");
    return this;
  }

  /** What runs of that name do, instead of the usual. It writes declared outputs itself. */
  public SimulatedTarget program(String runName, Behaviour behaviour) {
    requireNotBegun();
    programs.put(runName, behaviour);
    return this;
  }

  /** Takes features away, with all that imply them: specs that need one are refused. */
  public SimulatedTarget without(Feature... missing) {
    requireNotBegun();
    Set<Feature> gone = Set.of(missing);
    features.removeIf(f -> Feature.closure(Set.of(f)).stream().anyMatch(gone::contains));
    return this;
  }

  /**
   * Lets the engine start a run again by itself after these causes, where its spec allows a retry.
   */
  public SimulatedTarget requeues(Cause... causes) {
    requireNotBegun();
    requeues.addAll(Set.of(causes));
    return this;
  }

  /** Gives {@code Secret.named(secretName)} a value. */
  public SimulatedTarget secret(String secretName, String value) {
    requireNotBegun();
    secrets.put(secretName, value);
    return this;
  }

  // ---- the test

  /**
   * A workspace on the virtual clock, where this target is attached under its name and is the
   * default. Asked again in one test: the same workspace; code under test may close it or not.
   */
  public Workspace workspace() {
    return begun().workspace();
  }

  /** The virtual time. */
  public Instant now() {
    return begun().clock().instant();
  }

  /** Lets time pass, event by event. */
  public SimulatedTarget advance(Duration time) {
    begun().advance(time);
    return this;
  }

  /**
   * Takes the place of a running run away.
   *
   * @throws IllegalStateException if it does not run
   */
  public SimulatedTarget preempt(Run run) {
    return strike(run, "preempted", Cause.PREEMPTED, PREEMPTED);
  }

  /**
   * Takes the machine of a running run away.
   *
   * @throws IllegalStateException if it does not run
   */
  public SimulatedTarget loseNode(Run run) {
    return strike(run, "lost", Cause.NODE_LOST, FakeProcess.KILLED);
  }

  /**
   * Lets the program of a running run exit now.
   *
   * @throws IllegalStateException if it does not run
   */
  public SimulatedTarget fail(Run run, int exitCode) {
    return strike(run, "ended", Cause.EXITED, exitCode);
  }

  /**
   * Lets a running run do all that is left of its program at once.
   *
   * @throws IllegalStateException if it does not run
   */
  public SimulatedTarget finish(Run run) {
    begun().touch(run, "finished", (workload, now) -> workload.hurry(now));
    return this;
  }

  /**
   * Has rank 0 of a running run say something now: log lines, metrics, outputs.
   *
   * @throws IllegalStateException if it does not run
   * @throws IllegalArgumentException if it takes time or ends the program
   */
  public SimulatedTarget emit(Run run, Consumer<Script> words) {
    Script script = new Script(Script.Given.NOTHING);
    words.accept(script);
    if (script.steps().stream().anyMatch(s -> s instanceof Step.Take || s instanceof Step.Exit)) {
      throw new IllegalArgumentException(
          "what a run emits takes no time and does not end it -> use advance, fail or finish");
    }
    begun().touch(run, "heard", (workload, now) -> workload.interject(now, 0, script.steps()));
    return this;
  }

  private SimulatedTarget strike(Run run, String what, Cause cause, int exitCode) {
    begun().touch(run, what, (workload, now) -> workload.strike(now, cause, exitCode));
    return this;
  }

  /** Begins anew: closes the workspace and deletes its folder. */
  @Override
  public void close() {
    if (simulation != null) {
      simulation.close();
      simulation = null;
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  private Simulation begun() {
    if (simulation == null) {
      FakeEngine engine = new FakeEngine();
      engine.queueing(queueing);
      engine.nodes(nodes.nodes());
      Set<Feature> can = Set.copyOf(features);
      Set<Cause> again = Set.copyOf(requeues);
      simulation =
          new Simulation(
              name,
              engine,
              waiting -> new SimulatedProvider(engine, can, again, nodes, this::program, waiting),
              Map.copyOf(secrets));
    }
    return simulation;
  }

  private Behaviour program(RunSpec spec) {
    return programs.getOrDefault(
        spec.name(),
        script -> {
          script.takes(running);
          spec.outputs()
              .forEach(o -> script.output(o, "simulated\n".getBytes(StandardCharsets.UTF_8)));
        });
  }

  private void requireNotBegun() {
    if (simulation != null) {
      throw new IllegalStateException(
          "target " + name + " is in use already -> set it up before the first workspace()");
    }
  }
}
