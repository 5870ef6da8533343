package io.wherry.internal.store;

import io.wherry.spec.Digest;

/**
 * An output of a run.
 *
 * @param name its name
 * @param digest its content
 * @param size bytes in all
 * @param path where it lies
 * @param kind what it is, in the writer's words: file or folder
 */
public record OutputRow(String name, Digest digest, long size, String path, String kind) {}
