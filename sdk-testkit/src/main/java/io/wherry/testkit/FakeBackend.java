package io.wherry.testkit;

import io.wherry.spec.Cause;
import io.wherry.spec.Program;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Violation;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Capabilities;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.Facet;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.Observation;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One client of a {@link FakeEngine}. */
final class FakeBackend implements WorkloadBackend {
  private static final int VERSION = 1;

  private final FakeSetup setup;
  private final FakeEngine engine;
  private final BlobStore staging;
  private final BackendContext context;
  private final Optional<FakeWatching> watching;

  FakeBackend(FakeSetup setup, BackendContext context) {
    this.setup = setup;
    this.engine = setup.engine();
    this.staging = setup.staging().apply(context);
    this.context = context;
    watching =
        context.clock() instanceof ManualClock clock
            ? Optional.of(new FakeWatching(() -> keys().values(), clock))
            : Optional.empty();
  }

  private Map<LaunchKey, WorkloadHandle> keys() {
    return handles(engine.keys(context.workspaceId()));
  }

  private Map<LaunchKey, WorkloadHandle> handles(Collection<LaunchKey> keys) {
    Map<LaunchKey, WorkloadHandle> handles = new LinkedHashMap<>();
    keys.forEach(k -> handles.put(k, new WorkloadHandle(setup.kind(), VERSION, k.toString())));
    return handles;
  }

  @Override
  public Capabilities probe() throws BackendException {
    engine.requireReachable();
    return setup.capabilities();
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    return Stream.of(watching, setup.virtualTime())
        .flatMap(Optional::stream)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  @Override
  public void close() {
    watching.ifPresent(FakeWatching::close);
  }

  @Override
  public LaunchPlan plan(List<Workload> batch) {
    return new Plan(List.copyOf(batch));
  }

  @Override
  public BlobStore staging() {
    return staging;
  }

  @Override
  public Map<LaunchKey, WorkloadHandle> find(String workspaceId) throws BackendException {
    engine.requireReachable();
    return handles(engine.keys(workspaceId));
  }

  @Override
  public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles)
      throws BackendException {
    engine.requireReachable();
    Map<WorkloadHandle, Observation> answer = new LinkedHashMap<>();
    for (WorkloadHandle handle : handles) {
      answer.put(
          handle,
          engine
              .look(key(handle), now(), w -> w.observation(engine.waitingFor(w)))
              .orElseGet(() -> new Observation.Missing("the engine has no " + handle.text())));
    }
    return answer;
  }

  @Override
  public Map<StreamRef, Chunk> read(Map<StreamRef, Cursor> from, int maxBytes)
      throws BackendException {
    engine.requireReachable();
    Map<StreamRef, Chunk> answer = new LinkedHashMap<>();
    for (Map.Entry<StreamRef, Cursor> entry : from.entrySet()) {
      StreamRef ref = entry.getKey();
      byte[] all =
          engine.read(
              key(ref.handle()),
              ref.restart(),
              ref.rank(),
              ref.channel(),
              entry.getValue().offset(),
              now());
      int begin = (int) entry.getValue().offset();
      int end = (int) Math.min(all.length, (long) begin + maxBytes);
      if (begin < end) {
        answer.put(ref, new Chunk(Arrays.copyOfRange(all, begin, end), Cursor.at(end)));
      }
    }
    return answer;
  }

  @Override
  public void stop(Set<WorkloadHandle> handles, Duration grace) throws BackendException {
    engine.requireReachable();
    Instant now = now();
    for (WorkloadHandle handle : handles) {
      engine.touch(key(handle), now, w -> w.stop(now, grace));
    }
  }

  @Override
  public void collect(WorkloadHandle handle, Set<String> outputs, Path into)
      throws BackendException {
    engine.requireReachable();
    for (String name : outputs) {
      Map<String, byte[]> files =
          engine.look(key(handle), now(), w -> Map.copyOf(w.output(name))).orElse(Map.of());
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path =
            file.getKey().isEmpty()
                ? into.resolve(name)
                : into.resolve(name).resolve(file.getKey());
        try {
          Files.createDirectories(path.getParent());
          Files.write(path, file.getValue());
        } catch (IOException e) {
          throw new BackendException(Kind.TRANSIENT, "could not write " + path, e);
        }
      }
    }
  }

  @Override
  public void release(Set<WorkloadHandle> handles) throws BackendException {
    engine.requireReachable();
    for (WorkloadHandle handle : handles) {
      engine.release(key(handle));
    }
  }

  private Instant now() {
    return context.clock().instant();
  }

  private LaunchKey key(WorkloadHandle handle) throws BackendException {
    if (!handle.kind().equals(setup.kind()) || handle.version() > VERSION) {
      throw new BackendException(
          Kind.REJECTED, "a newer engine made the handle " + handle + "; use that version");
    }
    return LaunchKey.parse(handle.text());
  }

  private final class Plan implements LaunchPlan {
    private final List<Workload> batch;

    Plan(List<Workload> batch) {
      this.batch = batch;
    }

    @Override
    public String describe() {
      return batch.stream().map(this::describe).collect(Collectors.joining("\n"));
    }

    private String describe(Workload workload) {
      RunSpec spec = workload.spec();
      String request = setup.kind() + " submit " + workload.key() + " " + spec.program();
      return spec.secrets().isEmpty()
          ? request
          : spec.secrets().entrySet().stream()
              .map(s -> s.getKey() + "=" + s.getValue().reference())
              .collect(Collectors.joining(" ", request + " secrets ", ""));
    }

    @Override
    public List<Violation> violations() {
      return batch.stream()
          .flatMap(w -> w.spec().options().entrySet().stream())
          .filter(option -> option.getKey().startsWith(setup.kind() + "."))
          .map(
              option ->
                  new Violation(
                      "option." + option.getKey(),
                      option.getValue(),
                      "there are no options",
                      "leave it out"))
          .toList();
    }

    @Override
    public Set<Cause> requeuesOn() {
      return setup.requeues();
    }

    @Override
    public Launch launch() throws BackendException {
      engine.requireReachable();
      List<FakeWorkload> workloads = new ArrayList<>();
      for (Workload workload : batch) {
        workloads.add(
            new FakeWorkload(
                workload, scripts(workload), engine.checkpoint(workload.key()), setup, now()));
      }
      return engine
          .launch(workloads, now())
          .map(reason -> (Launch) new Launch.NoRoom(reason))
          .orElseGet(() -> new Launch.Taken(handles(batch.stream().map(Workload::key).toList())));
    }

    private FakeWorkload.Scripts scripts(Workload workload) throws BackendException {
      RunSpec spec = workload.spec();
      Map<String, byte[]> files = new FakeContent(staging, context).of(spec);
      Map<String, String> env = FakeEnvironment.of(workload, context, setup.features());
      Behaviour behaviour = setup.programs().apply(spec);
      return (restart, rank) -> {
        int attempt = workload.key().attempt() + restart;
        Script script =
            new Script(
                new Script.Given(
                    arguments(spec.program()),
                    FakeEnvironment.ofRank(env, spec, attempt, rank),
                    attempt,
                    rank,
                    files,
                    engine.checkpoint(workload.key())));
        play(behaviour, script);
        return script;
      };
    }

    /**
     * The behaviour is user code: whatever goes wrong in it is the program's failure, as with a
     * real program.
     */
    private static void play(Behaviour behaviour, Script script) {
      try {
        behaviour.play(script);
      } catch (Exception e) {
        script.steps().clear();
        script.err(e + "\n").exit(70);
      }
    }

    /** A shell's arguments follow the script and its name. */
    private static List<String> arguments(Program program) {
      if (program instanceof Program.Java java) {
        return java.arguments();
      }
      List<String> argv = ((Program.Command) program).argv();
      boolean shell = argv.size() > 3 && argv.get(0).equals("sh") && argv.get(1).equals("-c");
      return argv.subList(shell ? 4 : Math.min(1, argv.size()), argv.size());
    }
  }
}
