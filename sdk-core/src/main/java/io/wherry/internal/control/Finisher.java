package io.wherry.internal.control;

import io.wherry.event.RunEvent;
import io.wherry.spec.Cause;
import io.wherry.spec.Digest;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Channel;
import io.wherry.spi.Observation;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slow ends of a run's life, off the target loops: brings content to the target before the
 * launch, and afterwards drains streams, collects outputs, judges, makes the verdict durable,
 * retries or releases. Each step may be repeated after a crash.
 */
final class Finisher {
  private static final Logger LOG = System.getLogger(Finisher.class.getName());
  private static final long AGAIN_MILLIS = 1000;

  private final Journal journal;
  private final Streams streams;
  private final Outputs outputs;
  private final LogFiles logFiles;
  private final LogLimit logLimit;
  private final Releases releases;
  private final RunContent content;
  private final ScheduledExecutorService workers;
  private final Clock clock;
  private final Steps steps;
  private final Consumer<ActiveRun> ended;

  Finisher(
      Journal journal,
      Streams streams,
      Outputs outputs,
      LogFiles logFiles,
      LogLimit logLimit,
      Releases releases,
      RunContent content,
      ScheduledExecutorService workers,
      Clock clock,
      Steps steps,
      Consumer<ActiveRun> ended) {
    this.journal = journal;
    this.streams = streams;
    this.outputs = outputs;
    this.logFiles = logFiles;
    this.logLimit = logLimit;
    this.releases = releases;
    this.content = content;
    this.workers = workers;
    this.clock = clock;
    this.steps = steps;
    this.ended = ended;
  }

  Streams streams() {
    return streams;
  }

  /** Brings what the run needs to the target, then hands it to the loop. */
  void prepare(TargetLoop loop, ActiveRun run) {
    if (loop.backend().staging()
        == content.blobs()) { // the workspace's own blobs are the target's: nothing to copy
      loop.enqueue(run);
      return;
    }
    if (run.state() == RunState.CREATED) {
      run.change(RunState.PREPARING, "", clock.instant());
      journal.flushLater(run);
    }
    work(run, () -> stage(loop, run));
  }

  private void stage(TargetLoop loop, ActiveRun run) {
    if (run.cancelRequested()) {
      loop.enqueue(run); // which sees that there is nothing to launch
      return;
    }
    try {
      BlobStore staging = loop.backend().staging();
      Set<Digest> missing =
          EngineCalls.retrying("staging", () -> staging.missing(content.reachable(run.spec())));
      for (Digest digest : missing) {
        if (run.cancelRequested()) {
          break;
        }
        EngineCalls.retrying(
            "staging",
            () -> {
              staging.put(digest, content.file(digest));
              return true;
            });
      }
      steps.reached("staged", run.key());
      loop.enqueue(run);
    } catch (BackendException e) {
      if (e.kind() == Kind.REJECTED) {
        conclude(loop, run, Verdict.notStarted("staging failed: " + e.getMessage()), null);
      } else {
        LOG.log(Level.WARNING, run.id() + ": staging failed, trying again: " + e.getMessage());
        later(run, () -> stage(loop, run));
      }
    }
  }

  /** Works up an end that the engine reported. */
  void finish(TargetLoop loop, ActiveRun run, WorkloadHandle handle, Observation.Ended observed) {
    if (run.state() != RunState.COLLECTING) {
      run.startedAt(observed.startedAt());
      run.change(RunState.COLLECTING, "", clock.instant());
    }
    work(run, () -> collectAndJudge(loop, run, handle, observed));
  }

  private void collectAndJudge(
      TargetLoop loop, ActiveRun run, WorkloadHandle handle, Observation.Ended observed) {
    WorkloadBackend backend = loop.backend();
    Verdict verdict;
    try {
      streams.drain(run, handle, backend);
      steps.reached("drained", run.key());
      List<String> missing = outputs.collect(run, handle, backend);
      steps.reached("collected", run.key());
      verdict = Verdict.of(observed, run.cancelRequested(), missing);
    } catch (BackendException e) {
      if (e.kind() != Kind.REJECTED) {
        LOG.log(Level.WARNING, run.id() + ": collecting failed, trying again: " + e.getMessage());
        later(run, () -> loop.observeAgain(run, handle));
        return;
      }
      String reason = "its outputs could not be collected: " + e.getMessage();
      verdict =
          new Verdict(
              Outcome.FAILED, observed.cause(), observed.exitCode(), observed.rank(), reason);
    }
    judge(loop, run, verdict, observed.endedAt());
  }

  private void work(ActiveRun run, Runnable step) {
    workers.execute(() -> tryUntilDone(run, step));
  }

  private void later(ActiveRun run, Runnable step) {
    var unused =
        workers.schedule(() -> tryUntilDone(run, step), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** No step of a run is lost by a mistake in a backend or a disk that refuses for a while. */
  private void tryUntilDone(ActiveRun run, Runnable step) {
    try {
      step.run();
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the workspace closes; the next opening goes on with " + run.id(), e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, run.id() + ": a step failed, trying again", e);
      later(run, step);
    }
  }

  /** Ends an attempt without asking the engine for anything more. */
  void conclude(TargetLoop loop, ActiveRun run, Verdict verdict, @Nullable Instant endedAt) {
    work(run, () -> judge(loop, run, verdict, endedAt));
  }

  private void judge(TargetLoop loop, ActiveRun run, Verdict verdict, @Nullable Instant endedAt) {
    AttemptRecord attempt = run.current();
    Instant now = clock.instant();
    Set<Cause> requeued =
        run.spec().retry().attempts() > 1
            ? loop.backend().plan(List.of(run.workload())).requeuesOn()
            : Set.of();
    boolean retrying =
        !run.cancelRequested() && verdict.retried(run.spec().retry(), attempt.number(), requeued);
    if (retrying) {
      run.endAndContinue(
          verdict,
          endedAt,
          attempt.retry(now),
          new RunEvent.Retrying(now, attempt.number(), verdict.cause(), verdict.exitCode()));
    } else {
      run.end(verdict, endedAt, now);
    }
    publish(loop, run, attempt, retrying, Level.WARNING);
  }

  /** Makes the verdict durable, however long the disk refuses; only then anybody learns of it. */
  private void publish(
      TargetLoop loop, ActiveRun run, AttemptRecord attempt, boolean retrying, Level level) {
    try {
      journal.flush(run);
    } catch (RuntimeException e) {
      LOG.log(level, run.id() + ": its verdict waits until it can be stored: " + e.getMessage());
      later(run, () -> publish(loop, run, attempt, retrying, Level.DEBUG)); // said once
      return;
    }
    steps.reached("judged", run.key());
    streams.forget(run);
    if (retrying) {
      loop.enqueue(run); // its content is on the target already
    } else {
      run.publish();
      ended.accept(run);
      run.done().complete(null);
    }
    try {
      tidyUp(loop.backend(), run, attempt);
    } catch (RuntimeException
        | IOException e) { // the verdict stands; an opening or prune tidies up
      LOG.log(Level.WARNING, run.id() + ": not all could be tidied up after its end", e);
    }
  }

  private void tidyUp(WorkloadBackend backend, ActiveRun run, AttemptRecord attempt)
      throws IOException {
    WorkloadHandle handle = attempt.handle();
    if (handle == null) {
      return;
    }
    releases.add(backend, run.pk(), attempt.number(), handle);
    journal.compactLater(run);
    for (int rank = 0; rank < run.spec().worldSize(); rank++) {
      logLimit.apply(logFiles.file(backend, run.id(), attempt, rank, Channel.OUT));
      logLimit.apply(logFiles.file(backend, run.id(), attempt, rank, Channel.ERR));
    }
  }
}
