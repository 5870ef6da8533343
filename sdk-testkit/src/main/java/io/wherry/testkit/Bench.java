package io.wherry.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.Feature;
import io.wherry.spi.BackendException;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Capabilities;
import io.wherry.spi.Channel;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Observation;
import io.wherry.spi.Observation.Active;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.Observation.Missing;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one test of the contract works with: a workspace of its own on the engine, and hands that
 * wait.
 */
final class Bench implements AutoCloseable {
  private static final Duration GLANCE = Duration.ofMillis(20);

  private final BackendFixture fixture;
  private final Path folder;
  private final ContractContext context;
  private final String mark = "mark-" + UUID.randomUUID();
  private final List<WorkloadBackend> backends = new ArrayList<>();
  private final Set<WorkloadHandle> launched = new LinkedHashSet<>();
  private @Nullable WorkloadBackend first;
  private int jobs;

  Bench(BackendFixture fixture, Path folder) {
    this.fixture = fixture;
    this.folder = folder;
    String id = "contract-" + UUID.randomUUID().toString().substring(0, 8);
    context = new ContractContext(id, folder.resolve("workspace"), fixture.clock());
    fixture.secrets().forEach(context::secret);
  }

  // what is there

  BackendFixture fixture() {
    return fixture;
  }

  ContractContext context() {
    return context;
  }

  /** In the environment of every job of this test. */
  String mark() {
    return mark;
  }

  /** The backend that tests use unless they need another one. */
  synchronized WorkloadBackend backend() {
    if (first == null) {
      first = open();
    }
    return first;
  }

  /** One more backend of the same workspace and target, as another JVM would have it. */
  synchronized WorkloadBackend open() {
    WorkloadBackend backend = (WorkloadBackend) fixture.provider().open(fixture.target(), context);
    backends.add(backend);
    return backend;
  }

  boolean has(Feature feature) throws BackendException {
    return backend().probe().features().contains(feature);
  }

  /** The twin of every test of a feature: without it the spec breaks a rule that names the path. */
  void assertRefused(JobDraft job, String path) throws BackendException {
    Refusal.check(this, job, path);
  }

  // content

  /** A new folder of the test. */
  Path newFolder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A staged file. */
  Content.Blob blob(byte[] content) throws BackendException, IOException {
    Path file = Files.write(newFolder("files").resolve(UUID.randomUUID().toString()), content);
    Digest digest = Digests.of(content);
    context.blobs().put(digest, file);
    stage(digest);
    return new Content.Blob(digest, "data");
  }

  /** A staged folder. */
  Content.Tree tree(Path source) throws BackendException, IOException {
    Content.Tree tree = context.tree(source);
    stage(tree.manifest());
    for (Digest digest : context.blobsOf(tree)) {
      stage(digest);
    }
    return tree;
  }

  private void stage(Digest digest) throws BackendException {
    BlobStore staging = backend().staging();
    if (!staging.missing(Set.of(digest)).isEmpty()) {
      staging.put(digest, context.blobs().path(digest).orElseThrow());
    }
  }

  // jobs

  /** A job as a new run. */
  JobDraft job(Job job, String... arguments) {
    return new JobDraft(this, job.command(arguments), newRun());
  }

  /** A run id that nobody has used. */
  synchronized String newRun() {
    jobs++;
    return "job-" + jobs;
  }

  WorkloadHandle launch(Workload workload) throws BackendException {
    return launch(backend(), workload);
  }

  WorkloadHandle launch(WorkloadBackend backend, Workload workload) throws BackendException {
    return requireNonNull(launch(backend, List.of(workload)).get(workload.key()));
  }

  /** Launches a batch, waiting for room like core does. */
  Map<LaunchKey, WorkloadHandle> launch(WorkloadBackend backend, List<Workload> batch)
      throws BackendException {
    try {
      Files.createDirectories(context.runsFolder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<LaunchKey, WorkloadHandle> handles =
        await(
            "room for the batch",
            () ->
                backend.plan(batch).launch() instanceof Launch.Taken taken
                    ? Optional.of(taken.handles())
                    : Optional.empty());
    assertThat(handles).containsOnlyKeys(batch.stream().map(Workload::key).toList());
    synchronized (this) {
      launched.addAll(handles.values());
    }
    return handles;
  }

  /** A handle that the engine knew once: of another workspace that is gone. */
  WorkloadHandle stranger() throws BackendException, IOException {
    Path home = folder.resolve("stranger");
    ContractContext other =
        new ContractContext(context.workspaceId() + "-gone", home, fixture.clock());
    fixture.secrets().forEach(other::secret);
    WorkloadHandle handle;
    try (WorkloadBackend backend =
        (WorkloadBackend) fixture.provider().open(fixture.target(), other)) {
      Workload workload = new JobDraft(this, Job.EXIT.command("0"), newRun()).of(other);
      Files.createDirectories(other.runsFolder());
      Launch.Taken taken =
          await(
              "room for one more",
              () ->
                  backend.plan(List.of(workload)).launch() instanceof Launch.Taken t
                      ? Optional.of(t)
                      : Optional.empty());
      handle = requireNonNull(taken.handles().get(workload.key()));
      awaitEnd(backend, handle);
      backend.release(Set.of(handle));
    }
    Folders.delete(home);
    return handle;
  }

  // waiting

  /** Something that may be there, or not yet. */
  @FunctionalInterface
  interface Glance<T> {
    Optional<T> look() throws BackendException;
  }

  /** Looks again and again until it is there, or the fixture's patience is at its end. */
  <T> T await(String what, Glance<T> glance) throws BackendException {
    Instant deadline = fixture.clock().instant().plus(fixture.patience());
    for (; ; ) {
      Optional<T> seen = glance.look();
      if (seen.isPresent()) {
        return seen.get();
      }
      if (fixture.clock().instant().isAfter(deadline)) {
        throw new AssertionError("no " + what + " within " + fixture.patience());
      }
      pause(GLANCE);
    }
  }

  void pause(Duration time) {
    try {
      fixture.pause(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    }
  }

  Observation observe(WorkloadHandle handle) throws BackendException {
    return observe(backend(), handle);
  }

  Observation observe(WorkloadBackend backend, WorkloadHandle handle) throws BackendException {
    Observation seen = backend.observe(Set.of(handle)).get(handle);
    return requireNonNull(seen, () -> "the backend says nothing of " + handle);
  }

  Ended awaitEnd(WorkloadHandle handle) throws BackendException {
    return awaitEnd(backend(), handle);
  }

  Ended awaitEnd(WorkloadBackend backend, WorkloadHandle handle) throws BackendException {
    return await(
        "end of " + handle,
        () -> observe(backend, handle) instanceof Ended end ? Optional.of(end) : Optional.empty());
  }

  Active awaitActive(WorkloadHandle handle) throws BackendException {
    return await(
        "start of " + handle,
        () ->
            observe(backend(), handle) instanceof Active active
                ? Optional.of(active)
                : Optional.empty());
  }

  /** Waits until the job has printed {@code begun}: from here on its traps are set. */
  void awaitBegun(WorkloadHandle handle) throws BackendException {
    await(
        "word from " + handle,
        () -> text(handle).contains("begun") ? Optional.of(true) : Optional.empty());
  }

  /** Waits until nothing on the engine carries the mark of this test. */
  void awaitNoProcesses() throws BackendException {
    await(
        "end of all processes, which are " + fixture.processes(mark),
        () -> fixture.processes(mark).isEmpty() ? Optional.of(true) : Optional.empty());
  }

  // streams

  /** What a single process has printed so far. */
  String text(WorkloadHandle handle) throws BackendException {
    return text(handle, 0, Channel.OUT);
  }

  String text(WorkloadHandle handle, int rank, Channel channel) throws BackendException {
    return new String(bytes(handle, rank, channel), StandardCharsets.UTF_8);
  }

  byte[] bytes(WorkloadHandle handle, int rank, Channel channel) throws BackendException {
    return bytes(backend(), new StreamRef(handle, 0, rank, channel), Cursor.START, 1 << 20);
  }

  /** The next bytes of a stream that has some. */
  Chunk chunk(StreamRef stream, Cursor from, int maxBytes) throws BackendException {
    Chunk chunk = backend().read(Map.of(stream, from), maxBytes).get(stream);
    return requireNonNull(chunk, () -> "no bytes of " + stream + " from " + from);
  }

  /** All that a stream has from a cursor on. */
  byte[] bytes(WorkloadBackend backend, StreamRef stream, Cursor from, int maxBytes)
      throws BackendException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Cursor cursor = from;
    for (; ; ) {
      Chunk chunk = backend.read(Map.of(stream, cursor), maxBytes).get(stream);
      if (chunk == null || chunk.bytes().length == 0) {
        return all.toByteArray();
      }
      assertThat(chunk.bytes().length).as("bytes of a chunk").isLessThanOrEqualTo(maxBytes);
      assertThat(chunk.gap()).as("gap before a chunk").isEmpty();
      all.writeBytes(chunk.bytes());
      cursor = chunk.next();
    }
  }

  static byte[] contentOf(BlobStore store, Digest digest) throws BackendException, IOException {
    try (InputStream in = store.open(digest)) {
      return in.readAllBytes();
    }
  }

  Capabilities capabilities() throws BackendException {
    return backend().probe();
  }

  /** Ends and forgets whatever the test has left. */
  @Override
  public void close() throws BackendException {
    WorkloadBackend backend = open();
    backend.stop(launched, Duration.ZERO);
    for (WorkloadHandle handle : launched) {
      await(
          "end of " + handle + " after the test",
          () -> {
            Observation seen = backend.observe(Set.of(handle)).get(handle);
            return seen instanceof Ended || seen instanceof Missing
                ? Optional.of(seen)
                : Optional.empty();
          });
    }
    backend.release(launched);
    backends.forEach(WorkloadBackend::close);
  }
}
