package io.wherry.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Capabilities;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.LocalStreams;
import io.wherry.spi.Observation;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Watching;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import io.wherry.spi.help.ExitRecord;
import io.wherry.spi.help.JobFile;
import io.wherry.spi.help.PidRecord;
import io.wherry.spi.help.RunFolder;
import io.wherry.spi.help.WrapperScript;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs as processes of this machine, forked from one launcher shell. What is true of a run lies in
 * its folder and in the process table; this object holds nothing that a later one would miss.
 */
final class LocalBackend implements WorkloadBackend, Watching, LocalStreams {

  private static final System.Logger LOG = System.getLogger(LocalBackend.class.getName());
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Set<String> OURS =
      Set.of(RunFolder.WORK, RunFolder.INPUTS, RunFolder.OUTPUTS, RunFolder.SECRETS);
  private static final Duration SETTLING = Duration.ofSeconds(2);
  private static final Duration MISSING_GRACE = Duration.ofSeconds(2);

  private final BackendContext context;
  private final Host host;
  private final Slots slots;
  private final Gpus gpus;
  private final ControlGroups groups;
  private final String bootId;
  private final Set<String> launched = ConcurrentHashMap.newKeySet();
  private final Set<WorkloadHandle> refused = ConcurrentHashMap.newKeySet();
  private final Map<String, Boolean> programs = new ConcurrentHashMap<>();
  private volatile Consumer<WorkloadHandle> wake = handle -> {};
  private volatile boolean watched;
  private @Nullable Launcher launcher;
  private @Nullable ExitWatcher watcher;
  private boolean closed;

  LocalBackend(BackendContext context, Host host, Path slotFolder, int cpus, String nvidiaSmi) {
    this.context = context;
    this.host = host;
    this.slots = new Slots(slotFolder, cpus, host, context.timeout());
    this.gpus = new Gpus(nvidiaSmi, context.timeout());
    this.groups = new ControlGroups(Path.of("/proc/self/cgroup"), Path.of("/proc/self/mountinfo"));
    this.bootId = host.bootId();
  }

  Host host() {
    return host;
  }

  String bootId() {
    return bootId;
  }

  Slots slots() {
    return slots;
  }

  Gpus gpus() {
    return gpus;
  }

  ControlGroups groups() {
    return groups;
  }

  /** A folder below the runs folder. */
  Path folder(String relative) {
    return context.runsFolder().toAbsolutePath().resolve(relative);
  }

  /** Whether a bare program name can be found; a found one is not looked for again. */
  boolean onPath(String program, String path) {
    String both = program + "\0" + path;
    if (programs.containsKey(both)) {
      return true;
    }
    for (String entry : path.split(":", -1)) {
      Path file = Path.of(entry.isEmpty() ? "." : entry, program);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) {
        programs.put(both, true);
        return true;
      }
    }
    return false;
  }

  /** The launcher, started if there is none that lives. */
  synchronized Launcher launcher() throws IOException, BackendException {
    if (closed) {
      throw new BackendException(
          Kind.TRANSIENT, "the target " + context.targetName() + " was closed");
    }
    Launcher current = launcher;
    if (current == null || !current.alive()) {
      if (current != null) {
        current.close();
      }
      requireSystem();
      Path runs = context.runsFolder().toAbsolutePath();
      Files.createDirectories(runs);
      Path script = WrapperScript.load().install(runs);
      current = Launcher.start(script, runs, host, this::ended);
      launcher = current;
    }
    return current;
  }

  /** Hands prepared runs over to a launcher; false if it is gone and has taken none of them. */
  boolean send(Launcher to, List<String> folders) {
    launched.addAll(folders);
    try {
      to.send(folders);
      return true;
    } catch (IOException e) { // nobody reads the pipe any more
      LOG.log(System.Logger.Level.DEBUG, "the launcher is gone", e);
      folders.forEach(launched::remove);
      forget(to);
      return false;
    }
  }

  private synchronized void forget(Launcher gone) {
    if (launcher == gone) {
      gone.close();
      launcher = null;
    }
  }

  private void ended(String folder) {
    launched.remove(folder);
    wake.accept(new LocalHandle(host.id(), folder).handle());
  }

  @Override
  public Capabilities probe() throws BackendException {
    requireSystem();
    Map<String, String> facts = new HashMap<>();
    EnumSet<Feature> features =
        EnumSet.of(
            Feature.SPLIT_STREAMS,
            Feature.DURABLE_LOGS,
            Feature.CHECKPOINT,
            Feature.RANKS,
            Feature.TIME_LIMIT,
            Feature.SECRETS,
            Feature.JAVA,
            Feature.SURVIVES_CLIENT);
    if (groups.available()) {
      features.add(Feature.MEMORY_LIMIT);
      features.add(Feature.DETECTS_OUT_OF_MEMORY);
    } else {
      facts.put("memoryLimit", "no: this user may not make control groups");
    }
    facts.put(
        "escapedProcesses",
        "those in a session of their own are ended while WHERRY_LAUNCH_KEY is in their"
            + " environment");
    int gpuCount = gpus.count();
    if (gpuCount > 0) {
      features.add(Feature.GPU);
    }
    facts.put("host", host.id());
    facts.put("java", Runtime.version().toString());
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("slotFolder", slots.folder().toString());
    NodeSize machine = new NodeSize("this-machine", slots.cpus(), memory(), gpuCount, 1);
    return new Capabilities(features, List.of(machine), POLL, MISSING_GRACE, facts);
  }

  private void requireSystem() throws BackendException {
    String needs = "local runs need a POSIX system with /proc, sh, setsid and grep";
    if (!Files.isReadable(Path.of("/proc/self/stat"))) {
      throw new BackendException(
          Kind.REJECTED,
          needs
              + ", which "
              + System.getProperty("os.name")
              + " is not; use WSL or attach a remote target");
    }
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    for (String program : List.of("sh", "setsid", "grep", "sleep")) {
      if (!onPath(program, path)) {
        throw new BackendException(
            Kind.REJECTED,
            needs + "; " + program + " is missing: install it (util-linux, coreutils)");
      }
    }
  }

  private static long memory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the size of the memory is not known", e);
    }
    return 0;
  }

  @Override
  public LaunchPlan plan(List<Workload> batch) {
    return new LocalPlan(this, context, batch);
  }

  @Override
  public BlobStore staging() {
    return context.blobs();
  }

  @Override
  public Map<LaunchKey, WorkloadHandle> find(String workspaceId) throws BackendException {
    Map<LaunchKey, WorkloadHandle> found = new HashMap<>();
    try {
      for (Path run : list(context.runsFolder())) {
        for (Path attempt : list(run)) {
          Optional<JobHeader> job = JobHeader.read(attempt.resolve(RunFolder.JOB));
          if (job.isPresent()
              && job.get().key().workspaceId().equals(workspaceId)
              && isTaken(attempt, job.get())) {
            LaunchKey key = job.get().key();
            found.put(key, LocalHandle.of(host.id(), key).handle());
          }
        }
      }
    } catch (IOException e) {
      throw new BackendException(Kind.TRANSIENT, "can't list the run folders: " + e, e);
    }
    return found;
  }

  /**
   * Whether a wrapper has the run or will have it. A client that was killed before it told its
   * launcher leaves a folder that nobody will ever start: core may launch it anew. A launcher that
   * has read everything needs a moment until the last of its wrappers has claimed.
   */
  private boolean isTaken(Path attempt, JobHeader job) {
    long end = System.nanoTime() + SETTLING.toNanos();
    int idle = 0;
    while (System.nanoTime() < end && idle < 3) {
      boolean serves = host.serves(job.launcher()); // before the look at the claim
      if (Files.exists(attempt.resolve(RunFolder.claim(0)))) {
        return true;
      }
      idle = serves ? 0 : idle + 1;
      LockSupport.parkNanos(SETTLING.toNanos() / 100);
    }
    return idle < 3;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, e -> Files.isDirectory(e, LinkOption.NOFOLLOW_LINKS))) {
      List<Path> paths = new ArrayList<>();
      entries.forEach(paths::add);
      return paths;
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }

  @Override
  public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles)
      throws BackendException {
    Map<WorkloadHandle, Observation> seen = new HashMap<>();
    IOException failure = null;
    for (WorkloadHandle handle : handles) {
      if (isNewer(handle)) {
        continue;
      }
      LocalHandle local = LocalHandle.parse(handle);
      if (!local.hostId().equals(host.id())) {
        continue;
      }
      try {
        RunFiles files = new RunFiles(host, folder(local.folder()));
        Optional<Observation> observation = files.look();
        if (observation.isPresent()
            && observation.get() instanceof Observation.Active
            && watch(handle, local)) {
          observation = files.look(); // it may have ended before the watch began
        }
        observation.ifPresent(o -> seen.put(handle, o));
      } catch (IOException e) { // absent: this one could not be asked about
        failure = e;
      }
    }
    if (seen.isEmpty() && failure != null) {
      throw new BackendException(Kind.TRANSIENT, "can't read the run folders: " + failure, failure);
    }
    return seen;
  }

  /** One run that a newer version looks after must not hide all others. */
  private boolean isNewer(WorkloadHandle handle) {
    try {
      LocalHandle.parse(handle);
      return false;
    } catch (BackendException e) {
      if (refused.add(handle)) {
        LOG.log(System.Logger.Level.WARNING, e.getMessage());
      }
      return true;
    }
  }

  /** Watches the files of a run that does not write to our pipe; whether the watch is new. */
  private synchronized boolean watch(WorkloadHandle handle, LocalHandle local) {
    if (closed || !watched || launched.contains(local.folder())) {
      return false;
    }
    try {
      if (watcher == null) {
        watcher = new ExitWatcher(context.runsFolder(), h -> wake.accept(h));
      }
      return watcher.add(handle, folder(local.folder()).resolve("0"));
    } catch (
        IOException
            e) { // too many watches, or a file system without them: core's polling sees it later
      LOG.log(System.Logger.Level.DEBUG, "can't watch " + local.folder(), e);
      return false;
    }
  }

  @Override
  public void watch(Consumer<WorkloadHandle> consumer) {
    wake = consumer;
    watched = true;
  }

  @Override
  public Optional<Path> file(StreamRef stream) {
    try {
      LocalHandle local = LocalHandle.parse(stream.handle());
      return local.hostId().equals(host.id())
          ? Optional.of(
              folder(local.folder())
                  .resolve(RunFolder.stream(stream.restart(), stream.rank(), stream.channel())))
          : Optional.empty();
    } catch (BackendException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public Map<StreamRef, Chunk> read(Map<StreamRef, Cursor> from, int maxBytes)
      throws BackendException {
    Map<StreamRef, Chunk> chunks = new HashMap<>();
    for (Map.Entry<StreamRef, Cursor> entry : from.entrySet()) {
      Optional<Path> file = file(entry.getKey());
      if (file.isEmpty()) {
        continue;
      }
      long offset = entry.getValue().offset();
      try (FileChannel channel = FileChannel.open(file.get(), StandardOpenOption.READ)) {
        ByteBuffer bytes =
            ByteBuffer.allocate((int) Math.max(0, Math.min(maxBytes, channel.size() - offset)));
        while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) > 0) {}
        if (bytes.position() > 0) {
          byte[] read = Arrays.copyOf(bytes.array(), bytes.position());
          chunks.put(entry.getKey(), new Chunk(read, Cursor.at(offset + read.length)));
        }
      } catch (NoSuchFileException e) { // nothing written yet, or deleted
      } catch (IOException e) {
        throw new BackendException(Kind.TRANSIENT, "can't read " + file.get() + ": " + e, e);
      }
    }
    return chunks;
  }

  @Override
  public void stop(Set<WorkloadHandle> handles, Duration grace) throws BackendException {
    for (WorkloadHandle handle : handles) {
      LocalHandle local = LocalHandle.parse(handle);
      if (local.hostId().equals(host.id())) {
        try {
          stop(local, grace);
        } catch (IOException e) {
          throw new BackendException(Kind.TRANSIENT, "can't stop " + local.folder() + ": " + e, e);
        }
      }
    }
  }

  private void stop(LocalHandle local, Duration grace) throws IOException, BackendException {
    Path folder = folder(local.folder());
    RunFiles files = new RunFiles(host, folder);
    if (files.exit().isPresent() || files.copied()) {
      return;
    }
    if (!Files.isDirectory(folder)) { // deleted under the program
      end(local, grace);
      return;
    }
    if (neverBegins(folder)) {
      slots.free(local.key(context.workspaceId()));
      wake.accept(local.handle());
      return;
    }
    if (files.ofEarlierBoot()) {
      return;
    }
    if (!told(files, grace)
        && files.exit().isEmpty()
        && files.pids().isPresent()
        && files.pids().get().programs().stream().anyMatch(host::alive)) {
      Files.writeString(folder.resolve(RunFolder.stopping(0)), Cause.STOPPED + "\n");
      end(local, grace);
    }
  }

  /** Tells the wrapper to stop and waits until it has heard; false if there is none any more. */
  private boolean told(RunFiles files, Duration grace) throws IOException, BackendException {
    long deadline = System.nanoTime() + context.timeout().toNanos();
    PidRecord.Id wrapper = wrapper(files);
    while (wrapper == null && files.unnamed() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(500_000); // between its claim and its name in it
      wrapper = wrapper(files);
    }
    if (wrapper == null || !host.alive(wrapper)) {
      return false;
    }
    Files.writeString(files.folder().resolve(RunFolder.grace(0)), JobFile.seconds(grace) + "\n");
    host.term(wrapper);
    while (host.alive(wrapper)) {
      if (Files.exists(files.folder().resolve(RunFolder.stopping(0)))) {
        return true;
      }
      if (System.nanoTime() > deadline) {
        throw new BackendException(
            Kind.TRANSIENT,
            "the job wrapper " + wrapper.pid() + " does not answer; is it suspended?");
      }
      LockSupport.parkNanos(500_000); // it answers within a millisecond
    }
    return false;
  }

  private static PidRecord.@Nullable Id wrapper(RunFiles files) throws IOException {
    Optional<PidRecord> pids = files.pids();
    return pids.isPresent()
        ? pids.get().wrapper()
        : files.claim().map(RunFiles.Claim::wrapper).orElse(null);
  }

  /** Takes the claim away from every wrapper that is still to come; false if one has it. */
  private static boolean neverBegins(Path folder) throws IOException {
    try {
      Files.writeString(
          folder.resolve(RunFolder.claim(0)),
          "0 0 stopped\n",
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    byte[] record = new ExitRecord(143, Cause.STOPPED, 0, "NEVER").text().getBytes(UTF_8);
    Files.write(
        folder.resolve(RunFolder.exit(0)),
        record,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE);
    return true;
  }

  /** Ends a program whose wrapper can't do it any more, by a process that outlives this one. */
  private void end(LocalHandle local, Duration grace) throws IOException {
    Path runs = context.runsFolder().toAbsolutePath();
    LaunchKey key = local.key(context.workspaceId());
    long tenths = Math.max(1, grace.toMillis() / 100);
    new ProcessBuilder(
            "setsid",
            "sh",
            WrapperScript.load().install(runs).toString(),
            "end",
            key.toString(),
            Long.toString(tenths))
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Override
  public void collect(WorkloadHandle handle, Set<String> outputs, Path into)
      throws BackendException {
    LocalHandle local = LocalHandle.parse(handle);
    if (!local.hostId().equals(host.id())) {
      throw new BackendException(
          Kind.REJECTED,
          "the outputs of "
              + local.folder()
              + " lie on "
              + local.hostId()
              + "; open the workspace there");
    }
    Path from = folder(local.folder()).resolve(RunFolder.OUTPUTS);
    for (String output : outputs) {
      Path source = from.resolve(output);
      try {
        if (Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
          Folders.move(source, into.resolve(output));
        }
      } catch (IOException e) {
        throw new BackendException(
            Kind.TRANSIENT, "can't bring the output " + output + " to " + into + ": " + e, e);
      }
    }
  }

  @Override
  public void release(Set<WorkloadHandle> handles) throws BackendException {
    Map<String, Traces> byKey = new HashMap<>();
    try {
      for (WorkloadHandle handle : handles) {
        LocalHandle local = LocalHandle.parse(handle);
        RunFiles files = new RunFiles(host, folder(local.folder()));
        if (local.hostId().equals(host.id()) && !files.copied()) {
          byKey.put(local.key(context.workspaceId()).toString(), Traces.of(files));
        }
      }
      if (byKey.isEmpty()) {
        return;
      }
      if (!host.sweep(byKey.keySet(), Traces.firstPid(byKey.values()))) {
        throw new BackendException(
            Kind.TRANSIENT,
            "some processes of "
                + byKey.keySet()
                + " can't be killed; they wait inside the kernel");
      }
      slots.free(byKey.keySet());
      for (Traces traces : byKey.values()) {
        release(traces);
      }
    } catch (IOException e) {
      throw new BackendException(Kind.TRANSIENT, "can't clean up: " + e, e);
    }
    synchronized (this) {
      if (watcher != null) {
        handles.forEach(watcher::remove);
      }
    }
  }

  /**
   * What a release needs to know about a run.
   *
   * @param files its files
   * @param firstPid number below which no process of it can be; 0 = not known
   */
  private record Traces(RunFiles files, long firstPid) {

    /** Process numbers can't have gone once around in less. */
    private static final Duration ROUND = Duration.ofMillis(500);

    static Traces of(RunFiles files) throws IOException {
      Optional<RunFiles.Claim> claim = files.claim();
      PidRecord.Id wrapper = claim.isPresent() ? claim.get().wrapper() : null;
      boolean recent = wrapper != null && files.host().age(wrapper).compareTo(ROUND) < 0;
      return new Traces(files, wrapper != null && recent ? wrapper.pid() : 0);
    }

    static long firstPid(Collection<Traces> all) {
      return all.stream().mapToLong(Traces::firstPid).min().orElse(0);
    }
  }

  private void release(Traces traces) throws IOException, BackendException {
    Path folder = traces.files().folder();
    Path job = folder.resolve(RunFolder.JOB);
    String group = JobHeader.read(job).map(JobHeader::controlGroup).orElse("");
    if (!group.isEmpty() && !ControlGroups.remove(Path.of(group))) {
      throw new BackendException(
          Kind.TRANSIENT, "processes in the control group " + group + " can't be killed");
    }
    delete(folder, LocalBackend::isOurs);
    delete(folder.resolve("0"), name -> name.startsWith("events-"));
    Files.deleteIfExists(job); // last, because it names the rest
  }

  /** Core keeps things of its own beside ours: collected outputs, copied logs. */
  private static boolean isOurs(String name) {
    return OURS.contains(name)
        || name.startsWith(RunFolder.JOB + ".") // cut short while they were written
        || name.startsWith(RunFolder.SECRETS + ".");
  }

  private static void delete(Path folder, Predicate<String> which) throws IOException {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, e -> which.test(e.getFileName().toString()))) {
      for (Path entry : entries) {
        Folders.delete(entry);
      }
    } catch (NoSuchFileException e) { // the run folder was deleted
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (launcher != null) {
      launcher.close();
    }
    if (watcher != null) {
      watcher.close();
    }
  }
}
