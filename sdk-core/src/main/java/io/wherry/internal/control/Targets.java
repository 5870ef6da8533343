package io.wherry.internal.control;

import io.wherry.internal.discovery.Providers;
import io.wherry.internal.secret.SecretResolver;
import io.wherry.internal.store.Reads;
import io.wherry.internal.store.Store;
import io.wherry.internal.store.TargetRow;
import io.wherry.spec.Digest;
import io.wherry.spec.Secret;
import io.wherry.spec.SpecException;
import io.wherry.spec.TargetSpec;
import io.wherry.spec.Violation;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.Backend;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.BlobStore;
import io.wherry.spi.ConfigKey;
import io.wherry.spi.WorkloadBackend;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The targets of an open workspace: those in the store, and {@code local}, which is always there.
 * Thread-safe.
 */
public final class Targets implements AutoCloseable {
  /** Name and kind of the target that needs no attaching. */
  public static final String LOCAL = "local";

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
  private static final TargetSpec LOCAL_SPEC = new TargetSpec(LOCAL, Map.of());

  private final String workspaceId;
  private final Path runs;
  private final Store store;
  private final Providers providers;
  private final SecretResolver secrets;
  private final RunContent content;
  private final Clock clock;
  private final boolean readOnly;
  private final Map<String, Target> opened = new HashMap<>();

  Targets(
      String workspaceId,
      Path runs,
      Store store,
      Providers providers,
      SecretResolver secrets,
      RunContent content,
      Clock clock,
      boolean readOnly) {
    this.workspaceId = workspaceId;
    this.runs = runs;
    this.store = store;
    this.providers = providers;
    this.secrets = secrets;
    this.content = content;
    this.clock = clock;
    this.readOnly = readOnly;
  }

  /** The kinds that can be attached. */
  public Providers providers() {
    return providers;
  }

  /** How targets are reached, by name. */
  public Map<String, TargetSpec> specs() {
    Map<String, TargetSpec> specs = new TreeMap<>();
    specs.put(LOCAL, LOCAL_SPEC);
    for (TargetRow row : store.read(Reads::targets)) {
      specs.put(row.name(), row.spec());
    }
    return specs;
  }

  /**
   * A target, its backend opened. No I/O with its engine.
   *
   * @throws WherryException {@code NOT_FOUND} with the names that there are, or if its kind is not
   *     on the class path
   */
  public synchronized Target get(String name) {
    Target target = opened(name);
    if (target == null) {
      throw new WherryException(
          Code.NOT_FOUND,
          "there is no target \""
              + name
              + "\"; there are "
              + specs().keySet()
              + " -> choose one of them, or attach it with compute().attach(\""
              + name
              + "\", …)");
    }
    return target;
  }

  /**
   * A target, its backend opened; null if there is none of that name or its kind cannot be loaded.
   */
  synchronized @Nullable Target opened(String name) {
    Target target = opened.get(name);
    if (target != null) {
      return target;
    }
    TargetRow row = store.read(r -> r.target(name));
    TargetSpec spec = row != null ? row.spec() : name.equals(LOCAL) ? LOCAL_SPEC : null;
    if (spec == null) {
      return null;
    }
    Backend backend = providers.get(spec.kind()).open(spec, new Context(name));
    target =
        new Target(name, spec, (WorkloadBackend) backend, row == null ? null : row.capabilities());
    opened.put(name, target);
    return target;
  }

  /**
   * Attaches a target or changes an attached one; durable when it returns.
   *
   * @throws SpecException if the settings are wrong; says everything at once
   */
  public void put(String name, TargetSpec spec) {
    BackendProvider provider = providers.get(spec.kind());
    List<Violation> violations = new ArrayList<>();
    Map<String, ConfigKey> keys =
        provider.configKeys().stream().collect(Collectors.toMap(ConfigKey::name, k -> k));
    spec.settings()
        .forEach(
            (key, value) -> {
              ConfigKey known = keys.get(key);
              if (known == null) {
                violations.add(
                    new Violation(
                        "settings." + key,
                        value,
                        "kind " + spec.kind() + " has no such setting",
                        "it has " + new TreeMap<>(keys).keySet()));
              } else if (known.secret() && !isReference(value)) {
                violations.add(
                    new Violation(
                        "settings." + key,
                        "(not shown)",
                        "a secret must be a reference",
                        "use env:NAME, file:PATH, command:ARGV, named:NAME or workspace:NAME"));
              }
            });
    keys.values().stream()
        .filter(k -> k.required() && !spec.settings().containsKey(k.name()))
        .forEach(
            k ->
                violations.add(
                    new Violation(
                        "settings." + k.name(), "", "is required", "set it: " + k.description())));
    if (violations.isEmpty()) {
      try {
        provider.open(spec, new Context(name)).close();
      } catch (IllegalArgumentException e) {
        violations.add(
            new Violation(
                "settings", spec.toString(), String.valueOf(e.getMessage()), "correct it"));
      }
    }
    if (!violations.isEmpty()) {
      throw new SpecException("target \"" + name + "\"", violations);
    }
    store.write(
        tx -> {
          tx.putTarget(name, spec);
          return true;
        });
  }

  private static boolean isReference(String value) {
    try {
      Secret.parse(value);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Removes a target from the store; durable when it returns. */
  public void remove(String name) {
    store.write(
        tx -> {
          tx.deleteTarget(name);
          return true;
        });
  }

  /** Remembers what a target said of itself. */
  public void remember(Target target) {
    if (!readOnly) {
      store.write(
          tx -> {
            tx.setProbe(
                target.name(),
                target.unavailable().isEmpty() ? target.known() : null,
                clock.instant(),
                target.unavailable());
            return true;
          });
    }
  }

  synchronized void forget(String name) {
    Target target = opened.remove(name);
    if (target != null) {
      target.backend().close();
    }
  }

  @Override
  public synchronized void close() {
    opened.values().forEach(t -> t.backend().close());
    opened.clear();
  }

  private final class Context implements BackendContext {
    private final String name;

    Context(String name) {
      this.name = name;
    }

    @Override
    public String workspaceId() {
      return workspaceId;
    }

    @Override
    public String targetName() {
      return name;
    }

    @Override
    public Path runsFolder() {
      return runs;
    }

    @Override
    public BlobStore blobs() {
      return content.blobs();
    }

    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public Duration timeout() {
      return CALL_TIMEOUT;
    }

    @Override
    public String resolve(Secret secret) throws BackendException {
      return secrets.resolve(secret);
    }

    @Override
    public Path sharedTree(Digest manifest) throws BackendException {
      return content.sharedTree(manifest);
    }

    @Override
    public void materialise(Digest manifest, Path into) throws BackendException {
      content.materialise(manifest, into);
    }
  }
}
