package io.wherry.testkit;

import io.wherry.spec.Program;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Secret;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Capabilities;
import io.wherry.spi.Channel;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.Observation;
import io.wherry.spi.Observation.Active;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.Observation.Missing;
import io.wherry.spi.Observation.Waiting;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Backends with one thing wrong each, as subtle as it may be; the contract must see them all. */
final class BrokenBackends {
  private BrokenBackends() {}

  /** A key's second launch starts the program again, although it gives the first one's handle. */
  static final class ForgetsIdempotency extends BrokenContract {
    private final Map<LaunchKey, Integer> launches = new ConcurrentHashMap<>();

    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public LaunchPlan plan(List<Workload> batch) {
          return new SpoiledPlan(honest.plan(batch)) {
            @Override
            public Launch launch() throws BackendException {
              for (Workload w : batch) {
                int number = launches.merge(w.key(), 1, Integer::sum);
                if (number > 1) {
                  LaunchKey other =
                      new LaunchKey(
                          w.key().workspaceId(), w.key().runId(), w.key().attempt() + 100 * number);
                  honest.plan(List.of(new Workload(other, w.spec()))).launch();
                }
              }
              return super.launch();
            }
          };
        }
      };
    }
  }

  /** Whoever reads on from a cursor misses one byte. */
  static final class LosesALogByte extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Map<StreamRef, Chunk> read(Map<StreamRef, Cursor> from, int maxBytes)
            throws BackendException {
          Map<StreamRef, Chunk> read = new HashMap<>(honest.read(from, maxBytes));
          read.replaceAll(
              (stream, chunk) ->
                  from.get(stream).offset() == 0
                      ? chunk
                      : new Chunk(
                          Arrays.copyOfRange(chunk.bytes(), 1, chunk.bytes().length),
                          chunk.next()));
          return read;
        }
      };
    }
  }

  /** Whoever reads on from a cursor gets the last byte again. */
  static final class RepeatsALogByte extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Map<StreamRef, Chunk> read(Map<StreamRef, Cursor> from, int maxBytes)
            throws BackendException {
          Map<StreamRef, Chunk> read = new HashMap<>(honest.read(from, maxBytes));
          read.replaceAll(
              (stream, chunk) -> {
                if (from.get(stream).offset() == 0) {
                  return chunk;
                }
                byte[] more = new byte[chunk.bytes().length + 1];
                System.arraycopy(chunk.bytes(), 0, more, 1, chunk.bytes().length);
                return new Chunk(more, chunk.next());
              });
          return read;
        }
      };
    }
  }

  /** Standard error arrives on standard output, although it declares that it keeps them apart. */
  static final class MergesStandardError extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Map<StreamRef, Chunk> read(Map<StreamRef, Cursor> from, int maxBytes)
            throws BackendException {
          Map<StreamRef, Chunk> read = new HashMap<>();
          for (Map.Entry<StreamRef, Cursor> entry : from.entrySet()) {
            StreamRef stream = entry.getKey();
            if (stream.channel() == Channel.EVENTS) {
              read.putAll(honest.read(Map.of(stream, entry.getValue()), maxBytes));
            } else if (stream.channel() == Channel.OUT) {
              byte[] both = concat(all(stream), all(errorsOf(stream)));
              int begin = (int) entry.getValue().offset();
              int end = Math.min(both.length, begin + maxBytes);
              read.put(stream, new Chunk(Arrays.copyOfRange(both, begin, end), Cursor.at(end)));
            }
          }
          return read;
        }

        private StreamRef errorsOf(StreamRef s) {
          return new StreamRef(s.handle(), s.restart(), s.rank(), Channel.ERR);
        }

        private byte[] all(StreamRef stream) throws BackendException {
          Chunk chunk = honest.read(Map.of(stream, Cursor.START), Integer.MAX_VALUE).get(stream);
          return chunk == null ? new byte[0] : chunk.bytes();
        }
      };
    }

    private static byte[] concat(byte[] a, byte[] b) {
      byte[] both = Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, both, a.length, b.length);
      return both;
    }
  }

  /** An active workload waits again now and then. */
  static final class ReportsStatesBackwards extends BrokenContract {
    private final Map<WorkloadHandle, Integer> asked = new ConcurrentHashMap<>();

    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles)
            throws BackendException {
          Map<WorkloadHandle, Observation> seen = new HashMap<>(honest.observe(handles));
          seen.replaceAll(
              (handle, o) ->
                  o instanceof Active && asked.merge(handle, 1, Integer::sum) == 7
                      ? new Waiting(0, "queued")
                      : o);
          return seen;
        }
      };
    }
  }

  /** An end is another one whenever it is asked for. */
  static final class ChangesItsMind extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles)
            throws BackendException {
          Instant now = context.clock().instant();
          return replacingEnds(
              honest.observe(handles),
              e ->
                  new Ended(
                      e.restart(),
                      e.exitCode(),
                      e.cause(),
                      e.detail(),
                      e.startedAt(),
                      now,
                      e.rank()));
        }
      };
    }
  }

  /** Out of reach is not there. */
  static final class SaysMissingDuringAnOutage extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles) {
          try {
            return honest.observe(handles);
          } catch (BackendException e) {
            Map<WorkloadHandle, Observation> seen = new HashMap<>();
            handles.forEach(h -> seen.put(h, new Missing("no answer")));
            return seen;
          }
        }
      };
    }
  }

  /** What a program left behind stays. */
  static final class LeaksAProcess extends BrokenContract {
    private final Set<String> leaked = ConcurrentHashMap.newKeySet();

    @Override
    protected BackendFixture fixture() {
      BackendFixture fixture = super.fixture();
      return new FakeFixture(honest) {
        @Override
        public BackendProvider provider() {
          return fixture.provider();
        }

        @Override
        public List<String> processes(String mark) {
          return leaked.contains(mark) ? List.of("sleep 600") : super.processes(mark);
        }
      };
    }

    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public LaunchPlan plan(List<Workload> batch) {
          batch.stream()
              .map(Workload::spec)
              .filter(spec -> spec.program().equals(Job.LEAVE_CHILD.command()))
              .forEach(spec -> leaked.add(spec.env().get("CONTRACT_MARK")));
          return honest.plan(batch);
        }
      };
    }
  }

  /** The words about an end quote the environment. */
  static final class ShowsASecret extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        private String value = "";

        @Override
        public LaunchPlan plan(List<Workload> batch) {
          return new SpoiledPlan(honest.plan(batch)) {
            @Override
            public Launch launch() throws BackendException {
              for (Workload w : batch) {
                for (Secret secret : w.spec().secrets().values()) {
                  value = context.resolve(secret);
                }
              }
              return super.launch();
            }
          };
        }

        @Override
        public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles)
            throws BackendException {
          return replacingEnds(
              honest.observe(handles),
              e ->
                  new Ended(
                      e.restart(),
                      e.exitCode(),
                      e.cause(),
                      "API_KEY=" + value,
                      e.startedAt(),
                      e.endedAt(),
                      e.rank()));
        }
      };
    }
  }

  /** What was stopped while it waited starts all the same. */
  static final class StartsAfterStop extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public void stop(Set<WorkloadHandle> handles, Duration grace) throws BackendException {
          Map<WorkloadHandle, Observation> seen = honest.observe(handles);
          Set<WorkloadHandle> begun = new HashSet<>(handles);
          begun.removeIf(handle -> seen.get(handle) instanceof Waiting);
          honest.stop(begun, grace);
        }
      };
    }
  }

  /** Every failure is exit code 1. */
  static final class ForgetsTheExitCode extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles)
            throws BackendException {
          return replacingEnds(
              honest.observe(handles),
              e ->
                  new Ended(
                      e.restart(),
                      e.exitCode() == null || e.exitCode() == 0 ? e.exitCode() : (Integer) 1,
                      e.cause(),
                      e.detail(),
                      e.startedAt(),
                      e.endedAt(),
                      e.rank()));
        }
      };
    }
  }

  /** Line breaks in arguments become blanks. */
  static final class FoldsLines extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public LaunchPlan plan(List<Workload> batch) {
          return honest.plan(replacingSpecs(batch, FoldsLines::fold));
        }
      };
    }

    /** The script of the shell keeps its own. */
    private static RunSpec fold(RunSpec spec) {
      if (!(spec.program() instanceof Program.Command command) || command.argv().size() < 4) {
        return spec;
      }
      List<String> argv = new ArrayList<>(command.argv().subList(0, 4));
      command.argv().stream().skip(4).map(a -> a.replace('\n', ' ')).forEach(argv::add);
      return withProgram(spec, new Program.Command(argv));
    }
  }

  /** Large files come back by half. */
  static final class CollectsHalfAnOutput extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public void collect(WorkloadHandle handle, Set<String> outputs, Path into)
            throws BackendException {
          honest.collect(handle, outputs, into);
          try (Stream<Path> paths = Files.walk(into)) {
            for (Path file : paths.filter(Files::isRegularFile).toList()) {
              byte[] bytes = Files.readAllBytes(file);
              Files.write(file, Arrays.copyOf(bytes, (bytes.length + 1) / 2));
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };
    }
  }

  /** Its client keeps the limits, when it looks. */
  static final class KeepsLimitsOnlyWhileAClientLooks extends BrokenContract {
    private final Map<WorkloadHandle, Duration> limits = new ConcurrentHashMap<>();

    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public LaunchPlan plan(List<Workload> batch) {
          for (Workload w : batch) {
            if (w.spec().timeLimit() != null) {
              limits.put(
                  new WorkloadHandle(FakeProvider.KIND, 1, w.key().toString()),
                  w.spec().timeLimit());
            }
          }
          return honest.plan(replacingSpecs(batch, BrokenContract::withoutLimits));
        }

        @Override
        public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles)
            throws BackendException {
          Map<WorkloadHandle, Observation> seen = new LinkedHashMap<>(honest.observe(handles));
          Set<WorkloadHandle> late = new HashSet<>(handles);
          late.retainAll(limits.keySet());
          honest.stop(late, Duration.ZERO);
          return seen;
        }
      };
    }
  }

  /** Closing a client ends what it launched. */
  static final class StopsOnClose extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public void close() {
          try {
            honest.stop(Set.copyOf(honest.find(context.workspaceId()).values()), Duration.ZERO);
          } catch (BackendException e) {
            throw unexpected(e);
          }
          honest.close();
        }
      };
    }
  }

  /** A description with a time in it. */
  static final class NeverSaysTheSameTwice extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public LaunchPlan plan(List<Workload> batch) {
          return new SpoiledPlan(honest.plan(batch)) {
            @Override
            public String describe() {
              return super.describe() + " request " + UUID.randomUUID();
            }
          };
        }
      };
    }
  }

  /** Staging takes any bytes for any digest. */
  static final class TrustsEveryDigest extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public BlobStore staging() {
          return new TrustingBlobs(honest.staging());
        }
      };
    }
  }

  /** Every attempt has a checkpoint folder of its own. */
  static final class LosesCheckpoints extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public void release(Set<WorkloadHandle> handles) throws BackendException {
          honest.release(handles);
          handles.forEach(
              h -> LosesCheckpoints.this.honest.forgetCheckpoints(LaunchKey.parse(h.text())));
        }
      };
    }
  }

  /** All ranks share the streams of rank 0. */
  static final class MixesRanks extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Map<StreamRef, Chunk> read(Map<StreamRef, Cursor> from, int maxBytes)
            throws BackendException {
          Map<StreamRef, Chunk> read = new HashMap<>();
          for (Map.Entry<StreamRef, Cursor> entry : from.entrySet()) {
            StreamRef s = entry.getKey();
            StreamRef zero = new StreamRef(s.handle(), s.restart(), 0, s.channel());
            honest
                .read(Map.of(zero, entry.getValue()), maxBytes)
                .values()
                .forEach(c -> read.put(s, c));
          }
          return read;
        }
      };
    }
  }

  /** Its features come and go. */
  static final class DeclaresAtRandom extends BrokenContract {
    private final AtomicInteger probes = new AtomicInteger();

    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public Capabilities probe() throws BackendException {
          Capabilities c = honest.probe();
          return probes.incrementAndGet() % 2 == 0
              ? new Capabilities(
                  Set.of(), c.nodeSizes(), c.pollInterval(), c.missingGrace(), c.facts())
              : c;
        }
      };
    }
  }

  /** Releasing does nothing. */
  static final class NeverReleases extends BrokenContract {
    @Override
    WorkloadBackend spoil(WorkloadBackend backend, BackendContext context) {
      return new SpoiledBackend(backend) {
        @Override
        public void release(Set<WorkloadHandle> handles) {}
      };
    }
  }
}
