package io.wherry.runtime;

import static java.util.Objects.requireNonNull;

import io.wherry.runtime.protocol.EventFormat;
import io.wherry.runtime.protocol.RunVariables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The run that this program is part of: its parameters, files and ranks, and where it reports what
 * it measures.
 *
 * <p>The same program works outside a run: it is then the only rank of attempt 1, its files lie
 * under {@code ./wherry-out}, and what it reports goes to the log {@code io.wherry.runtime}.
 *
 * <p>Thread-safe. Reporting does not block on anything but the local file system and never fails
 * for reasons of the environment; only arguments that could never work are refused.
 */
public final class RunContext {

  private static final int MAX_MESSAGE = 1000;

  private static @Nullable RunContext current;

  private final Map<String, String> env;
  private final Path folder;
  private final String runId;
  private final boolean insideRun;
  private final int attempt;
  private final int rank;
  private final int worldSize;
  private final int localRank;
  private final int nodeRank;
  private final Recorder recorder;
  private final @Nullable StopNotice stop;

  private RunContext(Map<String, String> env, Path folder) {
    this.env = Map.copyOf(env);
    this.folder = folder;
    this.runId = env.getOrDefault(RunVariables.RUN_ID, "");
    this.insideRun = !runId.isEmpty();
    // Outside a run these variables belong to somebody else.
    this.attempt = insideRun ? number(RunVariables.ATTEMPT, 1) : 1;
    this.rank = insideRun ? number(RunVariables.RANK, 0) : 0;
    this.worldSize = insideRun ? number(RunVariables.WORLD_SIZE, 1) : 1;
    this.localRank = insideRun ? number(RunVariables.LOCAL_RANK, 0) : 0;
    this.nodeRank = insideRun ? number(RunVariables.NODE_RANK, 0) : 0;
    System.Logger log = System.getLogger("io.wherry.runtime");
    String events = insideRun ? env.get(RunVariables.EVENTS) : null;
    if (insideRun && events == null) {
      log.log(Level.WARNING, RunVariables.EVENTS + " is not set: metrics go to this log only");
    }
    this.recorder = events == null ? new LogRecorder(log) : new EventWriter(Path.of(events), log);
    String stopping = insideRun ? env.get(RunVariables.STOPPING) : null;
    Duration grace = Duration.ofSeconds(insideRun ? number(RunVariables.GRACE, 0) : 0);
    this.stop = stopping == null ? null : new StopNotice(Path.of(stopping), grace);
  }

  /**
   * Returns the context of this program, always the same object.
   *
   * @throws IllegalStateException if the environment of a run is not what the run protocol says
   */
  public static synchronized RunContext current() {
    RunContext known = current;
    if (known == null) {
      known = of(System.getenv(), Path.of("").toAbsolutePath());
      current = known;
    }
    return known;
  }

  static RunContext of(Map<String, String> env, Path folder) {
    return new RunContext(env, folder);
  }

  /** Says whether this program was started as part of a run. */
  public boolean insideRun() {
    return insideRun;
  }

  /** Returns the id of the run; empty outside a run. */
  public String runId() {
    return runId;
  }

  /** Returns which start of the program this is, from 1: retries and requeues count. */
  public int attempt() {
    return attempt;
  }

  /** Returns the number of this process among all of the run, from 0. */
  public int rank() {
    return rank;
  }

  /** Returns how many processes the run has. */
  public int worldSize() {
    return worldSize;
  }

  /** Returns the number of this process among those on its node, from 0. */
  public int localRank() {
    return localRank;
  }

  /** Returns the number of this process's node, from 0. */
  public int nodeRank() {
    return nodeRank;
  }

  /** Returns the host where rank 0 can be met; empty outside a run. */
  public Optional<String> masterAddress() {
    return insideRun ? Optional.ofNullable(env.get(RunVariables.MASTER_ADDR)) : Optional.empty();
  }

  /** Returns the port where rank 0 can be met; empty outside a run. */
  public OptionalInt masterPort() {
    return insideRun && env.containsKey(RunVariables.MASTER_PORT)
        ? OptionalInt.of(number(RunVariables.MASTER_PORT, 0))
        : OptionalInt.empty();
  }

  /**
   * Returns a parameter of the run, or the fallback if the run has none of this name.
   *
   * <p>Outside a run the variables {@code WHERRY_PARAM_<NAME>} count too, here and for the other
   * types.
   */
  public String param(String name, String fallback) {
    requireNonNull(fallback, "fallback");
    String value = env.get(RunVariables.param(name));
    return value == null ? fallback : value;
  }

  /**
   * Returns a parameter as a whole number.
   *
   * @throws IllegalArgumentException if the run's value is not an int
   */
  public int param(String name, int fallback) {
    return parse(name, "int", fallback, Integer::valueOf);
  }

  /**
   * Returns a parameter as a whole number.
   *
   * @throws IllegalArgumentException if the run's value is not a long
   */
  public long param(String name, long fallback) {
    return parse(name, "long", fallback, Long::valueOf);
  }

  /**
   * Returns a parameter as a number.
   *
   * @throws IllegalArgumentException if the run's value is not a double
   */
  public double param(String name, double fallback) {
    return parse(name, "double", fallback, Double::valueOf);
  }

  /**
   * Returns a parameter as a truth value.
   *
   * @throws IllegalArgumentException if the run's value is neither true nor false, in any case
   */
  public boolean param(String name, boolean fallback) {
    return parse(name, "boolean", fallback, RunContext::truth);
  }

  private static Boolean truth(String text) {
    boolean value = text.equalsIgnoreCase("true");
    if (!value && !text.equalsIgnoreCase("false")) {
      throw new NumberFormatException();
    }
    return value;
  }

  private <T> T parse(String name, String type, T fallback, Function<String, T> parser) {
    String value = env.get(RunVariables.param(name));
    if (value == null) {
      return fallback;
    }
    try {
      return parser.apply(value.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "The parameter \"%s\" is \"%s\", which is not of the type %s. Give the run another value, for example %s."
              .formatted(name, value, type, fallback),
          e);
    }
  }

  /**
   * Records a parameter that the program chose itself.
   *
   * @param value its {@code toString()} is recorded
   * @throws IllegalArgumentException if the name is empty or has control characters, or the value
   *     is longer than about 1 MB
   */
  public void recordParam(String name, Object value) {
    recorder.param(EventFormat.requireName(name), value("parameter", name, value.toString()));
  }

  /**
   * Sets a tag of the run.
   *
   * @throws IllegalArgumentException if the name is empty or has control characters, or the value
   *     is longer than about 1 MB
   */
  public void tag(String name, String value) {
    recorder.tag(EventFormat.requireName(name), value("tag", name, value));
  }

  private static String value(String what, String name, String value) {
    int bytes = value.length() * 3L < EventFormat.MAX_RECORD / 2 ? 0 : utf8Length(value);
    // The other part is for the name, percent-encoded.
    if (bytes > EventFormat.MAX_RECORD - 4 * EventFormat.MAX_NAME) {
      throw new IllegalArgumentException(
          "The value of the %s \"%s\" has %d bytes, more than a record can hold. Write it to an output instead."
              .formatted(what, name, bytes));
    }
    return value;
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * Records a point of a metric at step 0: a figure of the run as a whole.
   *
   * @see #metric(String, double, long)
   */
  public void metric(String name, double value) {
    metric(name, value, 0);
  }

  /**
   * Records a point of a metric, with the time of now. Readable outside within 200 ms.
   *
   * @param value NaN and infinities are kept
   * @throws IllegalArgumentException if the name is empty, has control characters or more than 1024
   *     bytes
   */
  public void metric(String name, double value, long step) {
    recorder.metric(name, step, value);
  }

  /** Reports how far the program is, without words. */
  public void progress(long done, long total) {
    progress(done, total, "");
  }

  /**
   * Reports how far the program is.
   *
   * @param total 0 if it is not known
   * @param message one short line; line breaks become spaces, and the rest after 1000 characters is
   *     cut
   * @throws IllegalArgumentException if a number is negative
   */
  public void progress(long done, long total, String message) {
    if (done < 0 || total < 0) {
      throw new IllegalArgumentException(
          "Progress " + done + "/" + total + " is negative. Give 0 as the total if it is unknown.");
    }
    String cut = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
    recorder.progress(done, total, cut.replaceAll("\\p{Cntrl}", " ").strip());
  }

  /**
   * Returns the file or folder of an input.
   *
   * @throws IllegalStateException if the run has no such input
   */
  public Path input(String name) {
    String path = env.get(RunVariables.input(requireFileName(name)));
    if (path == null) {
      throw new IllegalStateException(insideRun ? undeclared("input", name) : noInputOutside(name));
    }
    return Path.of(path);
  }

  /**
   * Returns the file or folder of an input, or the fallback outside a run.
   *
   * @throws IllegalStateException inside a run that has no such input: a fallback there would hide
   *     a missing declaration
   */
  public Path input(String name, Path fallback) {
    requireNonNull(fallback, "fallback");
    return insideRun || env.containsKey(RunVariables.input(name)) ? input(name) : fallback;
  }

  private static String noInputOutside(String name) {
    return "There is no input \"%s\" outside a run. Call input(\"%s\", fallback), or set %s."
        .formatted(name, name, RunVariables.input(name));
  }

  /**
   * Returns where the program puts an output. The program creates it, as a file or as a folder; the
   * folder above it exists.
   *
   * @throws IllegalStateException if the run has no such output
   * @throws IllegalArgumentException if the name cannot be a file name
   * @throws UncheckedIOException if the folder above it cannot be created
   */
  public Path output(String name) {
    String path = env.get(RunVariables.output(requireFileName(name)));
    if (path == null && insideRun) {
      throw new IllegalStateException(undeclared("output", name));
    }
    Path output = path == null ? outside().resolve(name) : Path.of(path);
    Path above = output.toAbsolutePath().getParent();
    if (above != null) {
      createFolder(above);
    }
    return output;
  }

  /**
   * Returns the folder that survives attempts, which exists. All ranks of a run share it where the
   * target has one file system.
   *
   * @throws IllegalStateException inside a run on a target that keeps no such folder
   * @throws UncheckedIOException if the folder cannot be created
   */
  public Path checkpoints() {
    String path = insideRun ? env.get(RunVariables.CHECKPOINT) : null;
    if (path == null && insideRun) {
      throw new IllegalStateException(
          "This target keeps no checkpoint folder. Choose one with the capability CHECKPOINT.");
    }
    return createFolder(path == null ? outside().resolve("checkpoints") : Path.of(path));
  }

  private Path outside() {
    return folder.resolve("wherry-out");
  }

  private static Path createFolder(Path path) {
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create the folder " + path, e);
    }
  }

  private static String requireFileName(String name) {
    EventFormat.requireName(name);
    if (name.equals(".") || name.equals("..") || name.matches(".*[/\\\\].*")) {
      throw new IllegalArgumentException(
          "The name \"" + name + "\" is not a plain file name. Use one without slashes and dots.");
    }
    return name;
  }

  private String undeclared(String what, String name) {
    String prefix = what.equals("input") ? RunVariables.input("") : RunVariables.output("");
    String known =
        String.join(
            ", ", env.keySet().stream().filter(v -> v.startsWith(prefix)).sorted().toList());
    return "The run has no %s \"%s\"; set are: %s. Add .%s(\"%s\"%s) to the run."
        .formatted(
            what,
            name,
            known.isEmpty() ? "none" : known,
            what,
            name,
            what.equals("input") ? ", …" : "");
  }

  /**
   * Says whether the run has been asked to stop: to be asked in the program's loop, at any rate.
   * Always false outside a run.
   *
   * <p>From the first call on, SIGTERM no longer ends the JVM: the program is expected to leave its
   * loop, save what it needs and end with an exit code of its own before the grace is over.
   */
  public boolean stopping() {
    return stop != null && stop.stopping();
  }

  /**
   * Has the listener told once when the run has to end soon: preempted, stopped or out of time. At
   * once if it already has. Never outside a run.
   *
   * <p>Listeners run one after the other on a thread of their own, which keeps the JVM alive. When
   * the last has returned, the JVM ends as SIGTERM would have ended it, with exit code 143; a
   * program that has ever asked {@link #stopping()} ends itself instead. Where SIGTERM cannot be
   * taken over, the listeners run as a part of the JVM's shutdown.
   */
  public void onPreemption(PreemptionListener listener) {
    requireNonNull(listener, "listener");
    if (stop != null) {
      stop.add(listener);
    }
  }

  /**
   * Writes what has been recorded so far: other processes see it when this returns. Needed only
   * before the JVM is killed or halted; every orderly end does it by itself.
   *
   * @throws UncheckedIOException if something recorded since the last call could not be written
   */
  public void flush() {
    recorder.flush();
  }

  private int number(String variable, int fallback) {
    String value = env.get(variable);
    try {
      return value == null ? fallback : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "The variable %s is \"%s\", not a number. It is set by the target; do not change it."
              .formatted(variable, value),
          e);
    }
  }

  @Override
  public String toString() {
    return insideRun
        ? "run " + runId + ", attempt " + attempt + ", rank " + rank + " of " + worldSize
        : "outside a run";
  }
}
