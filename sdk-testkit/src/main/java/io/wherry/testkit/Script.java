package io.wherry.testkit;

import static java.util.Objects.requireNonNull;

import io.wherry.runtime.protocol.EventFormat;
import io.wherry.spi.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one process of a fake or simulated run was given, and what it does in return, step by step.
 * Steps happen in the order of the calls; only {@link #takes} takes time. Without {@link #exit} the
 * process ends with exit code 0. Not thread-safe.
 */
public final class Script {
  private static final int TERMINATED = 143;

  private final Given given;
  private final Deque<Step> steps = new ArrayDeque<>();
  private @Nullable Deque<Step> onTerm = new ArrayDeque<>(List.of(new Step.Exit(TERMINATED)));

  Script(Given given) {
    this.given = given;
  }

  /** The arguments of the program; for a command, everything after the program's name. */
  public List<String> arguments() {
    return given.arguments();
  }

  /**
   * The environment of the process: the user's variables, secrets, and those that every run gets.
   */
  public Map<String, String> env() {
    return given.env();
  }

  /** The attempt that this is, from 1. */
  public int attempt() {
    return given.attempt();
  }

  /** The rank of the process, from 0. */
  public int rank() {
    return given.rank();
  }

  /**
   * Files by path: of the working folder, of each input below its name ({@code data/part-1}),
   * copied at the start.
   */
  public Map<String, byte[]> files() {
    return given.files();
  }

  /** The checkpoint folder as it was at the start, by file name. */
  public Map<String, byte[]> checkpoint() {
    return given.checkpoint();
  }

  /** Lets time pass in the process. */
  public Script takes(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("a program cannot take " + time);
    }
    return add(new Step.Take(time));
  }

  /** Prints bytes to standard output. */
  public Script out(byte[] bytes) {
    return add(new Step.Write(Channel.OUT, bytes.clone()));
  }

  /** Prints text to standard output, as it is: no line break is added. */
  public Script out(String text) {
    return out(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Prints text to standard error, as it is. */
  public Script err(String text) {
    return add(new Step.Write(Channel.ERR, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Reports a value of a metric, with step 0. */
  public Script metric(String name, double value) {
    return metric(name, 0, value);
  }

  /** Reports a value of a metric. */
  public Script metric(String name, long step, double value) {
    return add(new Step.Measure(step, EventFormat.encodeName(name), value));
  }

  /** Reports how far the program is; a total of 0 is not known. */
  public Script progress(long done, long total) {
    return event("progress " + done + "/" + total);
  }

  /** Writes one line, without its line break, to the events file. */
  public Script event(String line) {
    return add(new Step.Write(Channel.EVENTS, (line + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  /** Writes an output that is a file. */
  public Script output(String name, byte[] content) {
    return output(name, "", content);
  }

  /** Writes a file of an output that is a folder; the path has forward slashes. */
  public Script output(String name, String path, byte[] content) {
    return add(new Step.WriteOutput(name, path, content.clone()));
  }

  /** Writes a file into the checkpoint folder, where later attempts find it. */
  public Script checkpoint(String file, byte[] content) {
    return add(new Step.Keep(file, content.clone()));
  }

  /** Uses an amount of memory; over its limit the process is killed. */
  public Script uses(long bytes) {
    return add(new Step.Use(bytes));
  }

  /** Starts a process that outlives this one unless somebody ends it. */
  public Script forks() {
    return add(new Step.Fork());
  }

  /** Ends the process. */
  public Script exit(int code) {
    return add(new Step.Exit(code));
  }

  /**
   * Asked to stop, the process prints a last text and exits; the default prints nothing and exits
   * with 143.
   */
  public Script onStop(String lastWords, int exitCode) {
    onTerm =
        new ArrayDeque<>(
            List.of(
                new Step.Write(Channel.OUT, lastWords.getBytes(StandardCharsets.UTF_8)),
                new Step.Exit(exitCode)));
    return this;
  }

  /** Asked to stop, the process goes on; only force ends it. */
  public Script ignoresStop() {
    onTerm = null;
    return this;
  }

  /** The steps in order; the caller consumes them. */
  Deque<Step> steps() {
    return steps;
  }

  /** What follows when the process is asked to stop, or null if it goes on. */
  @Nullable Deque<Step> onTerm() {
    return onTerm;
  }

  private Script add(Step step) {
    steps.add(requireNonNull(step));
    return this;
  }

  /** What a process finds at its start. */
  record Given(
      List<String> arguments,
      Map<String, String> env,
      int attempt,
      int rank,
      Map<String, byte[]> files,
      Map<String, byte[]> checkpoint) {
    static final Given NOTHING = new Given(List.of(), Map.of(), 1, 0, Map.of(), Map.of());

    Given {
      arguments = List.copyOf(arguments);
      env = Map.copyOf(env);
      files = Map.copyOf(files);
      checkpoint = Map.copyOf(checkpoint);
    }
  }
}
