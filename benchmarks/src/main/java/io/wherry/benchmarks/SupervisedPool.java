package io.wherry.benchmarks;

import io.wherry.spec.Cause;
import io.wherry.spec.Digest;
import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Secret;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Observation;
import io.wherry.spi.Watching;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The same processes under the same supervision as runs, and nothing else: the local backend driven
 * by hand through the SPI. Always as many at once as there are slots, each launched, waited for by
 * the backend's wake-up, and observed to have ended with its exit code. No store, no journal, no
 * logs or events read, nothing released. For one thread.
 */
final class SupervisedPool implements AutoCloseable {
  private static final long RECHECK_MILLIS = 250;

  private final WorkloadBackend backend;
  private final int slots;
  private final LinkedBlockingQueue<WorkloadHandle> wakeUps = new LinkedBlockingQueue<>();
  private final Set<WorkloadHandle> running = new HashSet<>();
  private int number;

  SupervisedPool(BackendProvider provider, Path runsFolder, Path slotFolder, int slots)
      throws BackendException {
    this.slots = slots;
    Map<String, String> settings =
        Map.of("slots", Integer.toString(slots), "slotFolder", slotFolder.toString());
    this.backend =
        (WorkloadBackend)
            provider.open(TargetSpec.of(provider.kind(), settings), new Context(runsFolder));
    backend.probe();
    backend.facet(Watching.class).orElseThrow().watch(wakeUps::add);
  }

  /** Runs so many processes to their ends. */
  void run(int count) throws BackendException, InterruptedException {
    int toStart = count;
    while (toStart > 0 || !running.isEmpty()) {
      while (toStart > 0 && running.size() < slots && start()) {
        toStart--;
      }
      WorkloadHandle first = wakeUps.poll(RECHECK_MILLIS, TimeUnit.MILLISECONDS);
      Set<WorkloadHandle> look = new HashSet<>();
      if (first == null) {
        look.addAll(running);
      } else {
        look.add(first);
        wakeUps.drainTo(look);
        look.retainAll(running);
      }
      backend.observe(look).forEach(this::observed);
    }
  }

  private boolean start() throws BackendException {
    LaunchKey key = new LaunchKey("bench", "true-" + number, 1);
    Launch launch = backend.plan(List.of(new Workload(key, spec()))).launch();
    if (launch instanceof Launch.Taken taken) {
      number++;
      running.addAll(taken.handles().values());
      return true;
    }
    return false;
  }

  private void observed(WorkloadHandle handle, Observation observation) {
    if (observation instanceof Observation.Ended ended) {
      if (ended.cause() != Cause.EXITED || !Integer.valueOf(0).equals(ended.exitCode())) {
        throw new IllegalStateException(handle + " ended badly: " + ended);
      }
      running.remove(handle);
    }
  }

  private static RunSpec spec() {
    return new RunSpec(
        "true",
        Lab.TARGET,
        new Program.Command(List.of("true")),
        null,
        Map.of(),
        Map.of(),
        Set.of(),
        Map.of(),
        Map.of(),
        Resources.DEFAULT,
        1,
        1,
        null,
        null,
        Duration.ofSeconds(10),
        0,
        RetryPolicy.NONE,
        Map.of(),
        null,
        Map.of());
  }

  @Override
  public void close() {
    backend.close();
  }

  private record Context(Path runsFolder) implements BackendContext {
    @Override
    public String workspaceId() {
      return "bench";
    }

    @Override
    public String targetName() {
      return Lab.TARGET;
    }

    @Override
    public BlobStore blobs() {
      throw new UnsupportedOperationException("runs of true need no content");
    }

    @Override
    public Clock clock() {
      return Clock.systemUTC();
    }

    @Override
    public Duration timeout() {
      return Duration.ofSeconds(30);
    }

    @Override
    public String resolve(Secret secret) {
      throw new UnsupportedOperationException("runs of true have no secrets");
    }

    @Override
    public Path sharedTree(Digest manifest) {
      throw new UnsupportedOperationException("runs of true need no content");
    }

    @Override
    public void materialise(Digest manifest, Path into) {
      throw new UnsupportedOperationException("runs of true need no content");
    }
  }
}
