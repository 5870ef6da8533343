package io.wherry.internal.control;

import io.wherry.spec.TargetSpec;
import io.wherry.spi.BackendException;
import io.wherry.spi.Capabilities;
import io.wherry.spi.WorkloadBackend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compute target of an open workspace: its backend and what it last said that it can do.
 * Thread-safe.
 */
public final class Target {
  private static final Capabilities UNKNOWN =
      new Capabilities(
          Set.of(), List.of(), Duration.ofSeconds(1), Duration.ofSeconds(30), Map.of());

  private final String name;
  private final TargetSpec spec;
  private final WorkloadBackend backend;
  private @Nullable Capabilities capabilities;
  private boolean probed;
  private String unavailable = "";

  Target(String name, TargetSpec spec, WorkloadBackend backend, @Nullable Capabilities lastKnown) {
    this.name = name;
    this.spec = spec;
    this.backend = backend;
    this.capabilities = lastKnown;
  }

  /** Its name in the workspace. */
  public String name() {
    return name;
  }

  /** How it is reached. */
  public TargetSpec spec() {
    return spec;
  }

  /** Its backend. */
  public WorkloadBackend backend() {
    return backend;
  }

  /** Asks the engine. Blocks. */
  public synchronized Capabilities probe() throws BackendException {
    try {
      Capabilities now = EngineCalls.retrying("probe", backend::probe);
      capabilities = now;
      probed = true;
      unavailable = "";
      return now;
    } catch (BackendException e) {
      unavailable = String.valueOf(e.getMessage());
      throw e;
    }
  }

  /** What it can do: asked once while the workspace is open, else what it said in earlier times. */
  public synchronized @Nullable Capabilities capabilities() {
    if (!probed && unavailable.isEmpty()) {
      try {
        probe();
      } catch (BackendException e) {
        return capabilities;
      }
    }
    return capabilities;
  }

  /** What is known without asking. */
  synchronized Capabilities known() {
    Capabilities known = capabilities;
    return known == null ? UNKNOWN : known;
  }

  /** Why it could not be asked the last time; empty if it could. */
  public synchronized String unavailable() {
    return unavailable;
  }
}
