package io.wherry;

import io.wherry.internal.control.AttemptRecord;
import io.wherry.internal.control.Controller;
import io.wherry.internal.control.RunRecord;
import io.wherry.internal.stream.LineDecoder;
import io.wherry.internal.stream.LogFile;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.Channel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a run's processes wrote: a view of one attempt (the newest unless said otherwise), of all
 * its ranks and both channels unless narrowed. Every byte once and in order within a channel of a
 * rank; between channels and ranks there is no order but that of arrival while following.
 * Thread-safe; narrowing gives a new view.
 */
public final class RunLogs {
  private static final int TAIL_BLOCK = 64 * 1024;

  private final Controller controller;
  private final String runId;
  private final int attempt;
  private final int rank;
  private final @Nullable Channel channel;

  RunLogs(Controller controller, String runId) {
    this(controller, runId, 0, -1, null);
  }

  private RunLogs(
      Controller controller, String runId, int attempt, int rank, @Nullable Channel channel) {
    this.controller = controller;
    this.runId = runId;
    this.attempt = attempt;
    this.rank = rank;
    this.channel = channel;
  }

  /** Standard output alone. */
  public RunLogs out() {
    return new RunLogs(controller, runId, attempt, rank, Channel.OUT);
  }

  /** Standard error alone. */
  public RunLogs err() {
    return new RunLogs(controller, runId, attempt, rank, Channel.ERR);
  }

  /** One rank alone, from 0. */
  public RunLogs rank(int only) {
    return new RunLogs(controller, runId, attempt, only, channel);
  }

  /** Another attempt than the newest, from 1. */
  public RunLogs attempt(int number) {
    return new RunLogs(controller, runId, number, rank, channel);
  }

  /**
   * The lines that are there now: rank by rank, standard output before standard error. Lazy and of
   * bounded memory; to be closed if it is not read to the end.
   */
  public Stream<LogLine> lines() {
    Lines lines = new Lines(sources());
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(lines::close);
  }

  /**
   * The last lines that are there now, at most {@code count}, oldest first. Reads only the ends of
   * the files.
   */
  public List<LogLine> last(int count) {
    Deque<LogLine> last = new ArrayDeque<>();
    for (Source source : sources()) {
      for (LogLine line : source.tail(count)) {
        last.addLast(line);
        if (last.size() > count) {
          last.removeFirst();
        }
      }
    }
    return List.copyOf(last);
  }

  /** Everything that is there now as one text, malformed UTF-8 as U+FFFD; for short logs. */
  public String text() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    copyTo(bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Copies the bytes that are there now, untouched; returns how many. Blocks. */
  public long copyTo(OutputStream out) {
    try {
      long copied = 0;
      for (Source source : sources()) {
        try (LogFile file = new LogFile(source.path())) {
          copied += file.copyTo(out);
        }
      }
      return copied;
    } catch (IOException e) {
      throw io(e);
    }
  }

  /** How many bytes there are now. */
  public long size() {
    return sources().stream().mapToLong(Source::size).sum();
  }

  /**
   * Gives every line to the consumer, those that are there and those that come, until the run has
   * ended and all was given; further attempts included unless one was chosen. Blocks; an interrupt
   * ends the following, not the run. The consumer runs on the calling thread.
   *
   * @throws WherryException {@code INTERRUPTED}
   */
  public void follow(Consumer<LogLine> consumer) {
    try (LogFollower follower = follower(consumer)) {
      controller.active(runId).ifPresent(a -> a.onceDone(follower::wake));
      follower.toTheEnd();
    }
  }

  LogFollower follower(Consumer<LogLine> consumer) {
    return new LogFollower(controller, runId, this, consumer);
  }

  int chosenAttempt() {
    return attempt;
  }

  List<Source> sources() {
    RunRecord run = controller.record(runId);
    int number = attempt == 0 ? run.newest().number() : attempt;
    return sources(run, number);
  }

  List<Source> sources(RunRecord run, int number) {
    AttemptRecord record =
        run.attempts().stream()
            .filter(a -> a.number() == number)
            .findFirst()
            .orElseThrow(
                () ->
                    new WherryException(
                        Code.NOT_FOUND,
                        runId + " has no attempt " + number + "; it has " + run.attempts().size()));
    int world = run.spec().worldSize();
    if (rank >= world) {
      throw new WherryException(
          Code.NOT_FOUND, runId + " has no rank " + rank + "; its ranks are 0 to " + (world - 1));
    }
    List<Source> sources = new ArrayList<>();
    for (int r = Math.max(rank, 0); r < (rank < 0 ? world : rank + 1); r++) {
      for (Channel c : channel == null ? List.of(Channel.OUT, Channel.ERR) : List.of(channel)) {
        sources.add(new Source(number, r, c, controller.logFile(run, record, r, c)));
      }
    }
    return sources;
  }

  static WherryException io(IOException e) {
    return e instanceof ClosedByInterruptException
        ? new WherryException(Code.INTERRUPTED, "reading logs was interrupted; the run goes on", e)
        : new WherryException(Code.IO, "a log could not be read: " + e, e);
  }

  /** One file of a log. */
  record Source(int attempt, int rank, Channel channel, Path path) {
    LogLine line(String text, boolean continued) {
      return new LogLine(attempt, rank, channel, text, continued);
    }

    long size() {
      try (LogFile file = new LogFile(path)) {
        return file.size();
      } catch (IOException e) {
        throw io(e);
      }
    }

    /** The last lines, by reading ever larger ends of the file. */
    List<LogLine> tail(int count) {
      try (LogFile file = new LogFile(path)) {
        long size = file.size();
        for (long back = TAIL_BLOCK; ; back *= 4) {
          long from = Math.max(0, size - back);
          List<LogLine> lines = new ArrayList<>();
          LineDecoder decoder = new LineDecoder();
          LineDecoder.Sink sink = (text, continued) -> lines.add(line(text, continued));
          file.seek(from);
          for (int n = file.next(); n > 0; n = file.next()) {
            decoder.feed(file.block(), n, sink);
            file.grow();
          }
          decoder.end(sink);
          if (from > 0 && !lines.isEmpty()) {
            lines.remove(0); // it began before what was read
          }
          if (from == 0 || lines.size() >= count) {
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
          }
        }
      } catch (IOException e) {
        throw io(e);
      }
    }
  }

  /** All lines of some files, one block in memory at a time. */
  private static final class Lines implements Iterator<LogLine> {
    private final Deque<Source> todo;
    private final Deque<LogLine> ready = new ArrayDeque<>();
    private @Nullable Source source;
    private @Nullable LogFile file;
    private LineDecoder decoder = new LineDecoder();

    Lines(List<Source> sources) {
      this.todo = new ArrayDeque<>(sources);
    }

    @Override
    public boolean hasNext() {
      try {
        while (ready.isEmpty() && (file != null || !todo.isEmpty())) {
          fill();
        }
      } catch (IOException e) {
        close();
        throw io(e);
      }
      return !ready.isEmpty();
    }

    private void fill() throws IOException {
      Source from = source;
      LogFile open = file;
      if (from == null || open == null) {
        from = todo.removeFirst();
        open = new LogFile(from.path());
        source = from;
        file = open;
        decoder = new LineDecoder();
      }
      Source now = from;
      LineDecoder.Sink sink = (text, continued) -> ready.addLast(now.line(text, continued));
      int n = open.next();
      if (n > 0) {
        decoder.feed(open.block(), n, sink);
        open.grow();
      } else {
        decoder.end(sink);
        close();
      }
    }

    @Override
    public LogLine next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.removeFirst();
    }

    void close() {
      try {
        if (file != null) {
          file.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        file = null;
        source = null;
      }
    }
  }
}
