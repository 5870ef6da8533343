package io.wherry.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.RunSpec;
import io.wherry.spi.BackendException;
import io.wherry.spi.Channel;
import io.wherry.spi.Cursor;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Observation;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import io.wherry.spi.help.PidRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** A local backend on folders of its own, and shorthands for what tests do with it. */
final class Bed implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  final Path folder;
  final TestContext context;
  final Host host;
  final BlockingQueue<WorkloadHandle> woken = new LinkedBlockingQueue<>();
  private final List<LocalBackend> backends = new ArrayList<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final int cpus;
  LocalBackend backend;

  Bed(Path folder) {
    this(folder, 8, "no-nvidia-smi");
  }

  Bed(Path folder, int cpus, String nvidiaSmi) {
    this(
        folder.resolve("workspace"),
        folder.resolve("slots"),
        "ws-" + UUID.randomUUID(),
        cpus,
        nvidiaSmi,
        Host.thisMachine());
  }

  Bed(Path folder, Path slots, String workspaceId, int cpus, String nvidiaSmi, Host host) {
    require();
    this.folder = folder;
    this.context = new TestContext(folder, workspaceId);
    this.host = host;
    this.cpus = cpus;
    this.backend = open(host, slots, nvidiaSmi);
    backend.watch(woken::add);
  }

  /** Another client of the same workspace. */
  LocalBackend another() {
    return open(host, backend.slots().folder(), "no-nvidia-smi");
  }

  LocalBackend open(Host as, Path slots, String nvidiaSmi) {
    LocalBackend made = new LocalBackend(context, as, slots, cpus, nvidiaSmi);
    backends.add(made);
    return made;
  }

  /**
   * The workspace: another one each time, because what ends one test's processes must not reach the
   * next test's.
   */
  String id() {
    return context.workspaceId();
  }

  /** Launch key of the first run. */
  String firstKey() {
    return id() + "/run-1/1";
  }

  LaunchKey key() {
    return new LaunchKey(context.workspaceId(), "run-" + runs.incrementAndGet(), 1);
  }

  WorkloadHandle launch(TestSpec spec) throws BackendException {
    return launch(key(), spec.build());
  }

  WorkloadHandle launch(LaunchKey key, RunSpec spec) throws BackendException {
    Launch launch = backend.plan(List.of(new Workload(key, spec))).launch();
    assertThat(launch).isInstanceOf(Launch.Taken.class);
    return ((Launch.Taken) launch).handles().get(key);
  }

  Observation look(WorkloadHandle handle) throws BackendException {
    return backend.observe(Set.of(handle)).get(handle);
  }

  Observation.Ended ended(WorkloadHandle handle) throws Exception {
    until(() -> look(handle) instanceof Observation.Ended);
    return (Observation.Ended) look(handle);
  }

  Observation.Ended run(TestSpec spec) throws Exception {
    return ended(launch(spec));
  }

  String text(WorkloadHandle handle, Channel channel) throws BackendException {
    return text(handle, 0, channel);
  }

  String text(WorkloadHandle handle, int rank, Channel channel) throws BackendException {
    StreamRef ref = new StreamRef(handle, 0, rank, channel);
    var chunk = backend.read(Map.of(ref, Cursor.START), 1 << 20).get(ref);
    return chunk == null ? "" : new String(chunk.bytes(), StandardCharsets.UTF_8);
  }

  Path attempt(WorkloadHandle handle) throws BackendException {
    return context.runsFolder().resolve(LocalHandle.parse(handle).folder());
  }

  PidRecord pids(WorkloadHandle handle) throws Exception {
    until(() -> new RunFiles(host, attempt(handle)).pids().isPresent());
    return new RunFiles(host, attempt(handle)).pids().orElseThrow();
  }

  /** Waits until the program itself has said so on its standard output. */
  void says(WorkloadHandle handle, String text) throws Exception {
    until(() -> text(handle, Channel.OUT).contains(text));
  }

  static void kill(String signal, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
  }

  static void until(Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not come true within " + PATIENCE);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** What a test waits for. */
  interface Condition {
    boolean holds() throws Exception;
  }

  /** Skips where there is no engine, visibly; fails instead where one is required. */
  static void require() {
    boolean linux = Files.isReadable(Path.of("/proc/self/stat"));
    if (!linux && System.getenv().getOrDefault("WHERRY_REQUIRE_ENGINES", "").contains("local")) {
      Assertions.fail("WHERRY_REQUIRE_ENGINES asks for the local target, which needs /proc");
    }
    Assumptions.assumeTrue(linux, "the local target needs /proc");
  }

  static boolean root() throws IOException {
    return Files.readString(Path.of("/proc/self/status")).contains("\nUid:\t0\t");
  }

  /** Ends what tests have left running. */
  @Override
  public void close() throws BackendException {
    if (Files.exists(context.runsFolder())) {
      host.sweep(
          backend.find(context.workspaceId()).keySet().stream().map(LaunchKey::toString).toList(),
          0);
    }
    backends.forEach(LocalBackend::close);
  }
}
