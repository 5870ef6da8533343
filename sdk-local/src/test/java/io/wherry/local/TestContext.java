package io.wherry.local;

import io.wherry.spec.Digest;
import io.wherry.spec.Secret;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BlobStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What core would lend: blobs are files of a folder, a tree is a blob of lines {@code
 * name=content}.
 */
final class TestContext implements BackendContext, BlobStore {

  private final Path folder;
  private final String workspaceId;
  private final Map<String, String> secrets = new ConcurrentHashMap<>();

  TestContext(Path folder, String workspaceId) {
    this.folder = folder;
    this.workspaceId = workspaceId;
  }

  TestContext secret(String name, String value) {
    secrets.put(name, value);
    return this;
  }

  Digest add(String content) {
    try {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      Digest digest =
          new Digest(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
      Files.createDirectories(folder.resolve("blobs"));
      Files.write(folder.resolve("blobs").resolve(digest.hex()), bytes);
      return digest;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String workspaceId() {
    return workspaceId;
  }

  @Override
  public String targetName() {
    return "local";
  }

  @Override
  public Path runsFolder() {
    return folder.resolve("runs");
  }

  @Override
  public BlobStore blobs() {
    return this;
  }

  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }

  @Override
  public Duration timeout() {
    return Duration.ofSeconds(5);
  }

  @Override
  public String resolve(Secret secret) throws BackendException {
    String value = secret instanceof Secret.Named named ? secrets.get(named.name()) : null;
    if (value == null) {
      throw new BackendException(
          BackendException.Kind.UNAUTHORIZED, "no value for " + secret.reference());
    }
    return value;
  }

  @Override
  public Path sharedTree(Digest manifest) throws BackendException {
    Path tree = folder.resolve("trees").resolve(manifest.hex());
    materialise(manifest, tree);
    return tree;
  }

  @Override
  public void materialise(Digest manifest, Path into) throws BackendException {
    try {
      Files.createDirectories(into);
      for (String line : Files.readAllLines(path(manifest).orElseThrow())) {
        String[] parts = line.split("=", 2);
        Files.writeString(into.resolve(parts[0]), parts[1]);
      }
    } catch (IOException e) {
      throw new BackendException(BackendException.Kind.TRANSIENT, e.toString(), e);
    }
  }

  @Override
  public Set<Digest> missing(Set<Digest> digests) {
    return digests.stream().filter(d -> path(d).isEmpty()).collect(Collectors.toSet());
  }

  @Override
  public void put(Digest digest, Path content) throws BackendException {
    try {
      Files.copy(
          content,
          folder.resolve("blobs").resolve(digest.hex()),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new BackendException(BackendException.Kind.TRANSIENT, e.toString(), e);
    }
  }

  @Override
  public InputStream open(Digest digest) throws BackendException {
    try {
      return Files.newInputStream(path(digest).orElseThrow());
    } catch (IOException e) {
      throw new BackendException(BackendException.Kind.TRANSIENT, e.toString(), e);
    }
  }

  @Override
  public void delete(Set<Digest> digests) {
    digests.forEach(d -> path(d).ifPresent(p -> p.toFile().delete()));
  }

  @Override
  public Optional<Path> path(Digest digest) {
    return Optional.of(folder.resolve("blobs").resolve(digest.hex())).filter(Files::exists);
  }
}
