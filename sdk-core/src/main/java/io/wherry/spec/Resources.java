package io.wherry.spec;

/**
 * What one node must offer; shared by the processes of that node.
 *
 * @param cpus CPUs, at least 1
 * @param memory bytes that the program is expected to need (placement), 0 = not said
 * @param memoryLimit bytes that the program may not exceed (enforced), 0 = no limit
 * @param gpus whole GPUs, 0 or more
 */
public record Resources(int cpus, long memory, long memoryLimit, int gpus) {
  /** One CPU and nothing else. */
  public static final Resources DEFAULT = new Resources(1, 0, 0, 0);
}
