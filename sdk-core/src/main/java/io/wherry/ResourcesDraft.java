package io.wherry;

import io.wherry.internal.check.Bytes;
import io.wherry.spec.Resources;

/**
 * What each node must offer; the part of a {@link RunDraft} given to {@code resources(r -> …)}. For
 * one thread.
 */
public final class ResourcesDraft {
  private int cpus = Resources.DEFAULT.cpus();
  private long memory;
  private long memoryLimit;
  private int gpus;

  ResourcesDraft() {}

  /** CPUs a node, shared by its processes; 1 if not said. */
  public ResourcesDraft cpus(int count) {
    this.cpus = count;
    return this;
  }

  /**
   * Memory that the program is expected to need, such as {@code "8GiB"}: for placement, not
   * enforced.
   */
  public ResourcesDraft memory(String amount) {
    return memory(Bytes.parse(amount));
  }

  /** The same in bytes. */
  public ResourcesDraft memory(long bytes) {
    this.memory = bytes;
    return this;
  }

  /** Memory that the process tree may not exceed; refused by targets that cannot enforce it. */
  public ResourcesDraft memoryLimit(String amount) {
    return memoryLimit(Bytes.parse(amount));
  }

  /** The same in bytes. */
  public ResourcesDraft memoryLimit(long bytes) {
    this.memoryLimit = bytes;
    return this;
  }

  /** GPUs a node, split evenly between its processes; 0 if not said. */
  public ResourcesDraft gpus(int count) {
    this.gpus = count;
    return this;
  }

  Resources toResources() {
    return new Resources(cpus, memory, memoryLimit, gpus);
  }
}
