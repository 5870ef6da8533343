package io.wherry.spi;

import io.wherry.spec.Digest;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Bytes by digest. Thread-safe; several clients may use the same store at once. */
public interface BlobStore {
  /** Those of the digests that are not here. */
  Set<Digest> missing(Set<Digest> digests) throws BackendException;

  /**
   * Adds the content of a file, all or nothing. Idempotent.
   *
   * @throws BackendException {@code REJECTED} if the content does not have that digest
   */
  void put(Digest digest, Path content) throws BackendException;

  /**
   * Opens a blob for reading; the caller closes it.
   *
   * @throws BackendException {@code REJECTED} if it is not here
   */
  InputStream open(Digest digest) throws BackendException;

  /** Deletes blobs; absent ones are ignored. */
  void delete(Set<Digest> digests) throws BackendException;

  /** The blob's read-only file on this machine; empty if it lies elsewhere or is not here. */
  Optional<Path> path(Digest digest);
}
