package io.wherry.spi;

/**
 * One stream of one process.
 *
 * @param handle the workload
 * @param restart restart number of the engine, from 0
 * @param rank rank of the process, from 0
 * @param channel which of its streams
 */
public record StreamRef(WorkloadHandle handle, int restart, int rank, Channel channel) {}
