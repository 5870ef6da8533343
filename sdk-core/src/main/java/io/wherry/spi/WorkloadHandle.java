package io.wherry.spi;

/**
 * What a backend needs to find a workload again, also from another JVM and years later. Core stores
 * it and never looks inside.
 *
 * @param kind kind of the backend that made it
 * @param version version of the text's form; a backend refuses newer ones than it knows
 * @param text the backend's own words
 */
public record WorkloadHandle(String kind, int version, String text) {
  /** {@code kind:version:text}, the inverse of {@link #parse}. */
  @Override
  public String toString() {
    return kind + ":" + version + ":" + text;
  }

  /** Reads {@link #toString()} again. */
  public static WorkloadHandle parse(String text) {
    String[] parts = text.split(":", 3);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a workload handle: " + text);
    }
    return new WorkloadHandle(parts[0], Integer.parseInt(parts[1]), parts[2]);
  }
}
