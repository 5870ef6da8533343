package io.wherry;

import static java.util.Objects.requireNonNull;

import io.wherry.internal.control.Controller;
import io.wherry.spec.Secret;
import io.wherry.spec.SpecException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A run in the making. Does nothing until {@link #submit} or {@link #explain}; may be submitted
 * several times. Mutable and for one thread.
 */
public final class RunDraft {
  final Controller controller;
  final String name;
  String target;
  @Nullable ProgramDraft program;
  @Nullable Path source;
  final List<String> jvmOptions = new ArrayList<>();
  final Map<String, String> params = new LinkedHashMap<>();
  final Map<String, Object> inputs = new LinkedHashMap<>();
  final Set<String> outputs = new LinkedHashSet<>();
  final Map<String, String> env = new LinkedHashMap<>();
  final Map<String, Secret> secrets = new LinkedHashMap<>();
  final ResourcesDraft resources = new ResourcesDraft();
  int nodes = 1;
  int processesPerNode = 1;
  @Nullable Duration timeLimit;
  @Nullable Duration startTimeout;
  Duration grace = Duration.ofSeconds(10);
  int priority;
  final RetryDraft retry = new RetryDraft();
  final Map<String, String> tags = new LinkedHashMap<>();
  @Nullable String idempotencyKey;
  final Map<String, String> options = new LinkedHashMap<>();

  RunDraft(Controller controller, String name, String defaultTarget) {
    this.controller = controller;
    this.name = requireNonNull(name, "name");
    this.target = defaultTarget;
  }

  /** The target by name; without it, the workspace's default target. */
  public RunDraft on(String targetName) {
    this.target = requireNonNull(targetName, "targetName");
    return this;
  }

  /** The target. */
  public RunDraft on(ComputeTarget computeTarget) {
    return on(computeTarget.name());
  }

  /**
   * A folder whose content becomes the program's working folder, frozen at submit. A {@code
   * .wherryignore} in it, in the syntax of {@code .gitignore}, leaves things out. Without a source
   * the working folder is empty.
   */
  public RunDraft source(Path folder) {
    this.source = requireNonNull(folder, "folder");
    return this;
  }

  /**
   * The program: a Java class with a {@code main} method. Its class path goes along, frozen at
   * submit.
   */
  public RunDraft main(Class<?> mainClass, String... arguments) {
    this.program = new ProgramDraft.OfClass(mainClass, List.of(arguments));
    return this;
  }

  /** The program: an executable jar. */
  public RunDraft jar(Path jar, String... arguments) {
    this.program = new ProgramDraft.OfJar(jar, List.of(arguments));
    return this;
  }

  /**
   * The program: a command with its arguments, no shell. {@code {name}} stands for the value of a
   * declared parameter.
   */
  public RunDraft command(String... argv) {
    return command(List.of(argv));
  }

  /** The same from a list. */
  public RunDraft command(List<String> argv) {
    this.program = new ProgramDraft.OfCommand(List.copyOf(argv));
    return this;
  }

  /**
   * Options of the JVM that {@link #main} or {@link #jar} start, such as {@code -Xmx4g}; adds to
   * earlier ones.
   */
  public RunDraft jvmOptions(String... more) {
    jvmOptions.addAll(List.of(more));
    return this;
  }

  /**
   * A parameter: searchable, and in the program {@code RunContext.param(name)} or {@code
   * $WHERRY_PARAM_<NAME>}.
   */
  public RunDraft param(String paramName, Object value) {
    params.put(paramName, String.valueOf(requireNonNull(value, "value")));
    return this;
  }

  /** An input: a file or folder of this machine, frozen at submit. */
  public RunDraft input(String inputName, Path fileOrFolder) {
    inputs.put(inputName, requireNonNull(fileOrFolder, "fileOrFolder"));
    return this;
  }

  /**
   * An input: a {@code file:} URI as a path of this machine; other URIs are places that the target
   * reads by itself.
   */
  public RunDraft input(String inputName, URI place) {
    inputs.put(inputName, requireNonNull(place, "place"));
    return this;
  }

  /** An input: what an earlier run wrote. */
  public RunDraft input(String inputName, Artifact artifact) {
    inputs.put(inputName, requireNonNull(artifact, "artifact"));
    return this;
  }

  /** An input: named data of the workspace, {@code "penguins"} (newest) or {@code "penguins:3"}. */
  public RunDraft input(String inputName, String dataName) {
    inputs.put(inputName, requireNonNull(dataName, "dataName"));
    return this;
  }

  /**
   * A file or folder that the program must write to {@code RunContext.output(name)} or {@code
   * $WHERRY_OUTPUT_<NAME>}.
   */
  public RunDraft output(String outputName) {
    outputs.add(requireNonNull(outputName, "outputName"));
    return this;
  }

  /** An environment variable of the program. */
  public RunDraft env(String variable, String value) {
    env.put(variable, requireNonNull(value, "value"));
    return this;
  }

  /** A secret as an environment variable of the program; stored and shown as a reference only. */
  public RunDraft secret(String variable, Secret secret) {
    secrets.put(variable, requireNonNull(secret, "secret"));
    return this;
  }

  /** What each node must offer. */
  public RunDraft resources(Consumer<ResourcesDraft> part) {
    part.accept(resources);
    return this;
  }

  /** Number of nodes, started together or not at all; 1 if not said. */
  public RunDraft nodes(int count) {
    this.nodes = count;
    return this;
  }

  /** Processes a node; 1 if not said. */
  public RunDraft processesPerNode(int count) {
    this.processesPerNode = count;
    return this;
  }

  /** The longest time from the program's start to its end, kept by the engine; none if not said. */
  public RunDraft timeLimit(Duration limit) {
    this.timeLimit = requireNonNull(limit, "limit");
    return this;
  }

  /**
   * The longest time from submit (or retry) to the program's start, kept while a workspace is open;
   * none if not said.
   */
  public RunDraft startTimeout(Duration limit) {
    this.startTimeout = requireNonNull(limit, "limit");
    return this;
  }

  /** Time between the polite and the forced stop; 10 s if not said. */
  public RunDraft grace(Duration time) {
    this.grace = requireNonNull(time, "time");
    return this;
  }

  /** Higher starts first; equal ones in order of submission; 0 if not said. */
  public RunDraft priority(int value) {
    this.priority = value;
    return this;
  }

  /**
   * When a failed attempt is followed by another; never if not said. Retries need an open
   * workspace.
   */
  public RunDraft retry(Consumer<RetryDraft> part) {
    part.accept(retry);
    return this;
  }

  /** A free label, searchable. */
  public RunDraft tag(String key, String value) {
    tags.put(key, requireNonNull(value, "value"));
    return this;
  }

  /** A second submit with the same key starts nothing and returns the first run. */
  public RunDraft idempotencyKey(String key) {
    this.idempotencyKey = requireNonNull(key, "key");
    return this;
  }

  /** What one engine alone knows, for example {@code "slurm.qos"}; other backends ignore it. */
  public RunDraft option(String key, String value) {
    options.put(key, requireNonNull(value, "value"));
    return this;
  }

  /**
   * Shows what would become of the draft. Starts nothing, uploads nothing, writes nothing outside
   * the workspace.
   */
  public Explanation explain() {
    return new SpecBuilder(this).explain();
  }

  /**
   * Freezes content, checks everything and makes the run durable; returns while it is on its way.
   * Blocks for the freezing.
   *
   * @throws SpecException with everything that is wrong; nothing was started
   */
  public Run submit() {
    controller.requireWritable();
    return new Run(controller, controller.submit(new SpecBuilder(this).build()));
  }

  @Override
  public String toString() {
    return "draft of run \"" + name + "\" on " + target;
  }
}
