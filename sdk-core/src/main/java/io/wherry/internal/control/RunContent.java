package io.wherry.internal.control;

import io.wherry.internal.snapshot.Snapshots;
import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.RunSpec;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.BlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the controller asks of snapshots, with errors in the classification of the SPI. Thread-safe.
 */
final class RunContent {
  /** An output as the store keeps it. */
  record Described(Digest digest, long size, String kind) {}

  private final Snapshots snapshots;

  RunContent(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  BlobStore blobs() {
    return snapshots.store();
  }

  /** The blobs that a run needs on its target. */
  Set<Digest> reachable(RunSpec spec) throws BackendException {
    try {
      return snapshots.reachable(spec);
    } catch (IOException e) {
      throw rejected(e);
    }
  }

  Path file(Digest digest) throws BackendException {
    return blobs()
        .path(digest)
        .orElseThrow(
            () ->
                new BackendException(Kind.REJECTED, "blob " + digest + " is not in the workspace"));
  }

  Path sharedTree(Digest manifest) throws BackendException {
    try {
      return snapshots.sharedTree(manifest);
    } catch (IOException e) {
      throw rejected(e);
    }
  }

  void materialise(Digest manifest, Path into) throws BackendException {
    try {
      snapshots.materialise(manifest, into);
    } catch (IOException e) {
      throw rejected(e);
    }
  }

  /** Freezes a collected output. */
  Described freeze(String name, Path path) throws IOException {
    Content content = snapshots.capturePath("output." + name, path);
    if (content instanceof Content.Tree tree) {
      try (Stream<Path> files = Files.walk(path)) {
        long size = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
        return new Described(tree.manifest(), size, "folder");
      }
    }
    return new Described(((Content.Blob) content).digest(), Files.size(path), "file");
  }

  private static BackendException rejected(IOException e) {
    return new BackendException(Kind.REJECTED, String.valueOf(e.getMessage()), e);
  }
}
