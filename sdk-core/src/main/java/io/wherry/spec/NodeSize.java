package io.wherry.spec;

/**
 * One kind of node that a target offers.
 *
 * @param name its name on the target, for example {@code this-machine} or {@code Standard_D4_v3}
 * @param cpus CPUs of the node
 * @param memory bytes of the node
 * @param gpus GPUs of the node
 * @param nodes how many such nodes there can be at most
 */
public record NodeSize(String name, int cpus, long memory, int gpus, int nodes) {}
