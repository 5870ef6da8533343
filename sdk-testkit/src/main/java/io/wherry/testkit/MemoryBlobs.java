package io.wherry.testkit;

import io.wherry.spec.Digest;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.BlobStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The staging of an engine that shares no disk with its clients. */
final class MemoryBlobs implements BlobStore {
  private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();

  @Override
  public Set<Digest> missing(Set<Digest> digests) {
    return digests.stream()
        .filter(d -> !blobs.containsKey(d))
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void put(Digest digest, Path content) throws BackendException {
    try {
      byte[] bytes = Files.readAllBytes(content);
      if (!Digests.of(bytes).equals(digest)) {
        throw new BackendException(Kind.REJECTED, content + " does not have the digest " + digest);
      }
      blobs.put(digest, bytes);
    } catch (IOException e) {
      throw new BackendException(Kind.TRANSIENT, "could not read " + content, e);
    }
  }

  @Override
  public InputStream open(Digest digest) throws BackendException {
    byte[] bytes = blobs.get(digest);
    if (bytes == null) {
      throw new BackendException(Kind.REJECTED, "there is no blob " + digest);
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public void delete(Set<Digest> digests) {
    blobs.keySet().removeAll(digests);
  }

  @Override
  public Optional<Path> path(Digest digest) {
    return Optional.empty();
  }
}
