package io.wherry;

/**
 * What a prune deleted.
 *
 * @param runs runs
 * @param blobs pieces of content that nothing refers to any more
 * @param bytes their bytes
 */
public record PruneReport(int runs, int blobs, long bytes) {}
