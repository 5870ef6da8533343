package io.wherry.testkit;

import io.wherry.spi.Channel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One process of a fake engine, a pure function of time. Guarded by the engine. */
final class FakeProcess {
  static final int KILLED = 137;

  private final Map<Channel, ByteArrayOutputStream> streams = new EnumMap<>(Channel.class);
  private final Map<Channel, Long> read = new EnumMap<>(Channel.class);
  private final Deque<Step> steps;
  private final @Nullable Deque<Step> onTerm;
  private @Nullable Integer exitCode;
  private Instant at;
  private boolean forked;

  FakeProcess(Script script, Instant start) {
    steps = new ArrayDeque<>(script.steps());
    onTerm = script.onTerm();
    at = start;
  }

  boolean isAlive() {
    return exitCode == null;
  }

  /** Valid once it is not alive. */
  int exitCode() {
    if (exitCode == null) {
      throw new IllegalStateException("still running");
    }
    return exitCode;
  }

  /** When it does its next steps, or ended. */
  Instant at() {
    return at;
  }

  /** Whether it has left a process behind that nobody ended yet. */
  boolean hasFork() {
    return forked;
  }

  byte[] stream(Channel channel) {
    ByteArrayOutputStream stream = streams.get(channel);
    return stream == null ? new byte[0] : stream.toByteArray();
  }

  void readUpTo(Channel channel, long offset) {
    read.merge(channel, offset, Math::max);
  }

  boolean isReadToItsEnd() {
    return streams.entrySet().stream()
        .allMatch(s -> read.getOrDefault(s.getKey(), 0L) == s.getValue().size());
  }

  /** Does everything up to the next step that takes time, or to the end. */
  void proceed(FakeWorkload workload) {
    while (isAlive()) {
      Step step = steps.isEmpty() ? new Step.Exit(0) : steps.remove();
      if (step instanceof Step.Take take) {
        at = at.plus(take.time());
        return;
      }
      perform(step, workload);
    }
  }

  /** Does all that is left at once and ends. */
  void hurry(Instant now, FakeWorkload workload) {
    at = now;
    steps.removeIf(step -> step instanceof Step.Take);
    proceed(workload);
  }

  /** Does something now, before it goes on with what it was doing. */
  void interject(Iterable<Step> now, FakeWorkload workload) {
    for (Step step : now) {
      if (isAlive()) {
        perform(step, workload);
      }
    }
  }

  /** When it will have ended if nothing comes between. */
  Instant end() {
    Instant end = at;
    for (Step step : steps) {
      if (step instanceof Step.Exit) {
        break;
      }
      if (step instanceof Step.Take take) {
        end = end.plus(take.time());
      }
    }
    return end;
  }

  void term(Instant now) {
    if (isAlive() && onTerm != null) {
      steps.clear();
      steps.addAll(onTerm);
      at = now;
    }
  }

  void kill(Instant now, int code) {
    if (isAlive()) {
      at = now;
      exitCode = code;
    }
  }

  void endForks() {
    forked = false;
  }

  private void write(Channel channel, byte[] bytes) {
    streams.computeIfAbsent(channel, c -> new ByteArrayOutputStream()).writeBytes(bytes);
  }

  private void perform(Step step, FakeWorkload workload) {
    if (step instanceof Step.Exit exit) {
      exitCode = exit.code();
    } else if (step instanceof Step.Write write) {
      write(workload.channel(write.channel()), write.bytes());
    } else if (step instanceof Step.Measure m) {
      String point =
          "metric @" + m.step() + ":" + at.toEpochMilli() + " " + m.name() + "=" + m.value();
      write(Channel.EVENTS, (point + "\n").getBytes(StandardCharsets.UTF_8));
    } else if (step instanceof Step.WriteOutput file) {
      workload.output(file.output(), file.path(), file.bytes());
    } else if (step instanceof Step.Keep file) {
      workload.checkpoint().put(file.file(), file.bytes());
    } else if (step instanceof Step.Fork) {
      forked = true;
    } else if (step instanceof Step.Use use && !workload.allows(use.bytes())) {
      exitCode = KILLED;
      workload.ranOutOfMemory();
    }
  }
}
