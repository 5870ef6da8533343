package io.wherry.spec;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.TreeMap;

/**
 * How to reach a compute target: the kind of its backend and the settings that this backend asks
 * for. Settings that hold a secret hold its reference (see {@link Secret#parse}).
 *
 * @param kind the backend's kind, such as {@code local}
 * @param settings settings by key
 */
public record TargetSpec(String kind, Map<String, String> settings) {
  public TargetSpec {
    requireNonNull(kind, "kind");
    settings = Map.copyOf(settings);
  }

  /** The same as the constructor; reads well in user code. */
  public static TargetSpec of(String kind, Map<String, String> settings) {
    return new TargetSpec(kind, settings);
  }

  @Override
  public String toString() {
    return kind + new TreeMap<>(settings);
  }
}
