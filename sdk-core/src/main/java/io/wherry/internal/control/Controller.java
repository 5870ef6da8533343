package io.wherry.internal.control;

import io.wherry.internal.classpath.ClassPathCapture;
import io.wherry.internal.discovery.Providers;
import io.wherry.internal.lease.Homes;
import io.wherry.internal.secret.SecretResolver;
import io.wherry.internal.snapshot.Snapshots;
import io.wherry.internal.store.AttemptRow;
import io.wherry.internal.store.Reads;
import io.wherry.internal.store.RunRow;
import io.wherry.internal.store.Store;
import io.wherry.spec.RunSpec;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.Channel;
import io.wherry.spi.LocalStreams;
import io.wherry.spi.WorkloadHandle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Everything behind the façade of one open workspace: runs that are on their way, their targets and
 * the store. Thread-safe. Closing it stops no run; the next opening takes them up where the engines
 * have brought them.
 */
public final class Controller implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Controller.class.getName());
  private static final int WORKERS = 4;
  private static final long CLOSE_SECONDS = 5;

  private final Path folder;
  private final String workspaceId;
  private final Store store;
  private final Snapshots snapshots;
  private final ClassPathCapture classPaths;
  private final Clock clock;
  private final boolean readOnly;
  private final Homes homes;
  private final Journal journal;
  private final ResultFolders results;
  private final LogFiles logFiles;
  private final Streams streams;
  private final Releases releases;
  private final Finisher finisher;
  private final Steps steps = new Steps();
  private final ScheduledThreadPoolExecutor workers;
  private final Targets targets;
  private final Map<String, ActiveRun> active = new ConcurrentHashMap<>();
  private final Map<String, TargetLoop> loops = new HashMap<>();
  private final Map<String, TargetLoop> retired = new HashMap<>();
  private final Map<String, List<ActiveRun>> parked = new HashMap<>();
  private volatile boolean closed;

  /**
   * Puts the parts together. Starts nothing; {@link #recover} does.
   *
   * @param logLimit bytes that are kept of each log stream of an ended attempt
   * @param homes whose the runs are that programs of this machine belong to
   */
  public Controller(
      Path folder,
      Homes homes,
      Store store,
      Snapshots snapshots,
      Providers providers,
      SecretResolver secrets,
      Clock clock,
      long logLimit,
      boolean readOnly) {
    this.folder = folder;
    this.homes = homes;
    this.workspaceId = homes.workspaceId();
    this.store = store;
    this.snapshots = snapshots;
    this.classPaths = new ClassPathCapture(snapshots);
    this.clock = clock;
    this.readOnly = readOnly;
    Path runs = folder.resolve("runs");
    RunContent content = new RunContent(snapshots);
    this.journal = new Journal(store, workspaceId);
    this.results = new ResultFolders(folder);
    this.logFiles = new LogFiles(results);
    this.streams = new Streams(journal, logFiles, clock);
    this.workers = new ScheduledThreadPoolExecutor(WORKERS, Controller::workerThread);
    workers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.releases = new Releases(journal, workers);
    this.finisher =
        new Finisher(
            journal,
            streams,
            new Outputs(results, content, journal),
            logFiles,
            new LogLimit(logLimit),
            releases,
            content,
            workers,
            clock,
            steps,
            run -> active.remove(run.id(), run));
    this.targets =
        new Targets(workspaceId, runs, store, providers, secrets, content, clock, readOnly);
  }

  private static Thread workerThread(Runnable work) {
    Thread thread = new Thread(work, "wherry-worker");
    thread.setDaemon(true);
    return thread;
  }

  /** The workspace's folder. */
  public Path folder() {
    return folder;
  }

  /** The workspace's identity. */
  public String workspaceId() {
    return workspaceId;
  }

  /** The clock for everything that users see. */
  public Clock clock() {
    return clock;
  }

  /** What is durable. */
  public Store store() {
    return store;
  }

  /** Frozen content. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** Class paths of programs, frozen. */
  public ClassPathCapture classPaths() {
    return classPaths;
  }

  /** What runs have brought home. */
  public ResultFolders results() {
    return results;
  }

  /** The compute targets. */
  public Targets targets() {
    return targets;
  }

  /** Whether nothing may be changed. */
  public boolean readOnly() {
    return readOnly;
  }

  /**
   * Refuses changes where none may be made.
   *
   * @throws WherryException {@code READ_ONLY}
   */
  public void requireWritable() {
    requireOpen();
    if (readOnly) {
      throw new WherryException(
          Code.READ_ONLY,
          "workspace " + folder + " is open for reading only -> open it without .readOnly()");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new WherryException(
          Code.CLOSED,
          "workspace "
              + folder
              + " is closed; its runs go on -> open it again with Workspace.open");
    }
  }

  /**
   * Takes up what an earlier client left unfinished. Reads the store; asks engines in the
   * background.
   */
  public void recover() {
    if (readOnly) {
      return;
    }
    Map<String, List<ActiveRun>> byTarget = new HashMap<>();
    for (ActiveRun run : journal.unfinished()) {
      if (!owner(run.pk(), run.spec().target()).isEmpty()) {
        continue; // its processes belong to another folder or host: not ours to judge
      }
      active.put(run.id(), run);
      byTarget.computeIfAbsent(run.spec().target(), t -> new ArrayList<>()).add(run);
    }
    byTarget.forEach(
        (target, runs) -> {
          try {
            loop(target).recover(runs);
          } catch (WherryException e) {
            LOG.log(
                Level.WARNING,
                runs.size() + " runs wait for target " + target + ": " + e.getMessage());
          }
        });
    for (AttemptRow attempt : store.read(Reads::unreleased)) {
      releaseLater(attempt);
    }
  }

  private void releaseLater(AttemptRow attempt) {
    WorkloadHandle handle = attempt.handle();
    RunRow run = store.read(r -> r.run(attempt.run()));
    if (handle == null
        || run == null
        || !attempt.state().isFinal()
        || !owner(run.id(), run.target()).isEmpty()) {
      return;
    }
    try {
      releases.add(targets.get(run.target()).backend(), attempt.run(), attempt.no(), handle);
    } catch (WherryException e) {
      LOG.log(Level.DEBUG, "release of " + handle + " is put off", e);
    }
  }

  /** Whose a run is: empty if ours, else where only its end can be seen. */
  private String owner(long run, String target) {
    String owner = homes.ownerOf(run);
    return !owner.isEmpty() && isOfThisMachine(target) ? owner : "";
  }

  private boolean isOfThisMachine(String target) {
    try {
      return targets.get(target).backend().facet(LocalStreams.class).isPresent();
    } catch (WherryException e) {
      return false;
    }
  }

  /**
   * Makes a run durable and sets it going; gives the id of the run, or of the earlier one with the
   * same key.
   */
  public String submit(RunSpec spec) {
    requireWritable();
    TargetLoop loop = loop(spec.target());
    Journal.Created created = journal.create(spec, clock.instant());
    ActiveRun run = created.run();
    if (run != null) {
      steps.reached("submitted", run.key());
      active.put(run.id(), run);
      finisher.prepare(loop, run);
    }
    return created.id();
  }

  /** Asks for the end of a run; durable when it returns. Does nothing for one that has ended. */
  public void cancel(String id) {
    requireWritable();
    ActiveRun run = active.get(id);
    if (run == null) {
      RunRecord record = record(id);
      if (!record.state().isFinal()) {
        throw new WherryException(
            Code.CONFLICT, id + " cannot be canceled here: " + record.reason());
      }
      return;
    }
    if (run.requestCancel(clock.instant())) {
      journal.flush(run);
      steps.reached("cancel", run.key());
      loop(run.spec().target()).cancel(run);
    }
  }

  /** A run that has not ended and is looked after by this JVM. */
  public Optional<ActiveRun> active(String id) {
    return Optional.ofNullable(active.get(id));
  }

  /** Whether a run of the target has not ended. */
  public boolean isInUse(String target) {
    return store.read(r -> r.isInUse(target));
  }

  /**
   * A run as it is now.
   *
   * @throws WherryException {@code NOT_FOUND}
   */
  public RunRecord record(String id) {
    return find(id)
        .orElseThrow(
            () ->
                new WherryException(
                    Code.NOT_FOUND,
                    "there is no run " + id + " in " + folder + "; the newest are " + newestIds()));
  }

  /** A run as it is now, empty if there is none of that id. */
  public Optional<RunRecord> find(String id) {
    ActiveRun run = active.get(id);
    if (run != null) {
      return Optional.of(run.record());
    }
    requireOpen();
    return Optional.ofNullable(
        store.read(
            reads -> {
              RunRow row = reads.run(id);
              return row == null ? null : record(reads, row);
            }));
  }

  private List<String> newestIds() {
    return store.read(r -> r.newest(5)).stream().map(RunRow::runId).toList();
  }

  private RunRecord record(Reads reads, RunRow row) {
    List<AttemptRecord> attempts = Journal.attempts(reads, row.id());
    String reason = attempts.get(attempts.size() - 1).reason();
    if (!row.state().isFinal()) {
      String owner = owner(row.id(), row.target());
      reason =
          owner.isEmpty() ? reason : "belongs to " + owner + "; only there its end can be seen";
    }
    return new RunRecord(
        row.id(),
        row.runId(),
        reads.spec(row.id()),
        row.created(),
        row.state(),
        reason,
        attempts,
        row.progress());
  }

  /** Where the bytes of a log stream lie. */
  public Path logFile(RunRecord run, AttemptRecord attempt, int rank, Channel channel) {
    Target target = targets.opened(run.spec().target());
    return logFiles.file(
        target == null ? null : target.backend(), run.id(), attempt, rank, channel);
  }

  private synchronized TargetLoop loop(String name) {
    requireOpen();
    TargetLoop loop = loops.get(name);
    if (loop == null) {
      loop = new TargetLoop(targets.get(name), workspaceId, journal, finisher, clock, steps);
      loop.start();
      loops.put(name, loop);
      TargetLoop before = retired.remove(name);
      if (before != null) {
        before.successor(loop);
      }
    }
    return loop;
  }

  /**
   * Lets go of a target that is detached or changed; its runs that have not ended stay as they are
   * until it is back.
   */
  public synchronized void forget(String name) {
    TargetLoop loop = loops.remove(name);
    if (loop != null) {
      loop.close();
      parked.computeIfAbsent(name, n -> new ArrayList<>()).addAll(loop.handOver());
      retired.put(name, loop);
    }
    targets.forget(name);
  }

  /** Takes a changed or new target into use for runs that wait for it. */
  public synchronized void takeUp(String name) {
    List<ActiveRun> waiting = parked.remove(name);
    List<ActiveRun> runs = new ArrayList<>(waiting == null ? List.of() : waiting);
    for (ActiveRun run : journal.unfinished()) {
      if (run.spec().target().equals(name) && active.putIfAbsent(run.id(), run) == null) {
        runs.add(run);
      }
    }
    if (!runs.isEmpty() || retired.containsKey(name)) {
      loop(name).recover(runs);
    }
  }

  /**
   * Ends all threads; stops no run. Verdicts that are being worked up are finished first; whoever
   * waits for another run is told that the workspace was closed. Idempotent.
   */
  @Override
  public void close() {
    List<TargetLoop> open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(loops.values());
    }
    open.forEach(TargetLoop::close);
    workers.shutdown();
    try {
      if (!workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
    List<ActiveRun> goingOn = List.copyOf(active.values());
    active.clear();
    goingOn.forEach(ActiveRun::abandon);
    releases.flush();
    streams.close();
    targets.close();
    snapshots.close();
    store.close();
  }
}
