/**
 * Content by digest: the workspace's blob store, folders frozen into trees of blobs and brought
 * back from them. May use {@code spec} and {@code spi}, and nothing else of Wherry.
 */
@NullMarked
package io.wherry.internal.snapshot;

import org.jspecify.annotations.NullMarked;
