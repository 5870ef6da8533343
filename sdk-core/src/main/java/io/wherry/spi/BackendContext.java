package io.wherry.spi;

import io.wherry.spec.Digest;
import io.wherry.spec.Secret;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** What core lends to a backend. Thread-safe. */
public interface BackendContext {
  /** The workspace's identity; labels everything that a backend makes on its engine. */
  String workspaceId();

  /** Name of the target that the backend serves. */
  String targetName();

  /**
   * The folder for runs of this target that lie on this machine; exists when the first launch
   * begins, not before.
   */
  Path runsFolder();

  /** The workspace's own blobs. */
  BlobStore blobs();

  /** The clock that core uses; backends never ask the system's. */
  Clock clock();

  /**
   * How long one call to the engine may take before it counts as {@link
   * BackendException.Kind#TRANSIENT}.
   */
  Duration timeout();

  /**
   * The value behind a reference. Resolved anew at each call; never to be stored, logged or put
   * into a message.
   *
   * @throws BackendException {@code UNAUTHORIZED} if it can't be resolved; the message names the
   *     reference. For a secret of a run, rather than of the target, a backend makes {@code
   *     REJECTED} of it: that run fails and the target stays available
   */
  String resolve(Secret secret) throws BackendException;

  /**
   * A folder on this machine with the content of a tree; made once, shared by all runs, read-only.
   *
   * @throws BackendException {@code REJECTED} if a blob of the tree is not here
   */
  Path sharedTree(Digest manifest) throws BackendException;

  /**
   * Writes a private copy of a tree, which the program may change, to a folder of this machine.
   * Idempotent: an unfinished copy is finished.
   *
   * @throws BackendException {@code REJECTED} if a blob of the tree is not here
   */
  void materialise(Digest manifest, Path into) throws BackendException;
}
