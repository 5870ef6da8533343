package io.wherry.testkit;

import io.wherry.spec.Digest;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.BlobStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The simplest blob store: one file a blob, named by its digest. */
final class FolderBlobs implements BlobStore {
  private final Path folder;

  FolderBlobs(Path folder) {
    this.folder = folder;
  }

  @Override
  public Set<Digest> missing(Set<Digest> digests) {
    return digests.stream()
        .filter(d -> !Files.exists(file(d)))
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void put(Digest digest, Path content) throws BackendException {
    try {
      Digest actual = Digests.of(content);
      if (!actual.equals(digest)) {
        throw new BackendException(Kind.REJECTED, content + " is " + actual + ", not " + digest);
      }
      Files.createDirectories(folder);
      Path copy = Files.createTempFile(folder, "new-", "");
      Files.copy(content, copy, StandardCopyOption.REPLACE_EXISTING);
      Files.move(copy, file(digest), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed("store", digest, e);
    }
  }

  @Override
  public InputStream open(Digest digest) throws BackendException {
    Path file =
        path(digest)
            .orElseThrow(() -> new BackendException(Kind.REJECTED, "there is no blob " + digest));
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw failed("open", digest, e);
    }
  }

  @Override
  public void delete(Set<Digest> digests) throws BackendException {
    for (Digest digest : digests) {
      try {
        Files.deleteIfExists(file(digest));
      } catch (IOException e) {
        throw failed("delete", digest, e);
      }
    }
  }

  @Override
  public Optional<Path> path(Digest digest) {
    return Optional.of(file(digest)).filter(Files::exists);
  }

  private Path file(Digest digest) {
    return folder.resolve(digest.hex());
  }

  private static BackendException failed(String verb, Digest digest, IOException e) {
    return new BackendException(Kind.TRANSIENT, "could not " + verb + " blob " + digest, e);
  }
}
