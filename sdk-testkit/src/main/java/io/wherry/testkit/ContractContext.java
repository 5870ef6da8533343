package io.wherry.testkit;

import static java.util.Objects.requireNonNull;

import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.Secret;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.BlobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What core lends to a backend, in a folder of a test. Secrets are a map by name; trees are folders
 * that the test hands in. Thread-safe.
 */
public final class ContractContext implements BackendContext {
  private final String workspaceId;
  private final Path folder;
  private final Clock clock;
  private final BlobStore blobs;
  private final Map<String, String> secrets = new ConcurrentHashMap<>();
  private final Map<Digest, Path> trees = new ConcurrentHashMap<>();
  private final AtomicInteger resolved = new AtomicInteger();

  /**
   * Makes a context; creates nothing yet.
   *
   * @param workspaceId the identity of the test's workspace, unique on the engine
   * @param folder a folder for everything, empty or not there yet
   */
  public ContractContext(String workspaceId, Path folder, Clock clock) {
    this.workspaceId = requireNonNull(workspaceId, "workspaceId");
    this.folder = requireNonNull(folder, "folder");
    this.clock = requireNonNull(clock, "clock");
    blobs = new FolderBlobs(folder.resolve("blobs"));
  }

  /** Gives the secret {@code named:NAME} a value. */
  public void secret(String name, String value) {
    secrets.put(name, value);
  }

  /** Makes the content of a folder known as a tree; its files and manifest become blobs. */
  public Content.Tree tree(Path source) throws BackendException {
    StringBuilder manifest = new StringBuilder();
    try (Stream<Path> paths = Files.walk(source)) {
      for (Path file : paths.filter(Files::isRegularFile).sorted().toList()) {
        Digest digest = Digests.of(file);
        blobs.put(digest, file);
        String mode = Files.isExecutable(file) ? " x " : " - ";
        manifest.append(digest).append(mode).append(source.relativize(file)).append('\0');
      }
      Path list = Files.createTempFile("manifest-", "");
      Files.writeString(list, manifest, StandardCharsets.UTF_8);
      Digest digest = Digests.of(list);
      blobs.put(digest, list);
      Files.delete(list);
      trees.put(digest, source);
      return new Content.Tree(digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blobs of a tree's files. */
  List<Digest> blobsOf(Content.Tree tree) throws BackendException {
    try (Stream<Path> paths = Files.walk(sourceOf(tree.manifest()))) {
      List<Digest> digests = new ArrayList<>();
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        digests.add(Digests.of(file));
      }
      return digests;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path sourceOf(Digest manifest) throws BackendException {
    Path source = trees.get(manifest);
    if (source == null) {
      throw new BackendException(Kind.REJECTED, "there is no tree " + manifest);
    }
    return source;
  }

  /** How often a secret was resolved so far. */
  public int resolved() {
    return resolved.get();
  }

  @Override
  public String workspaceId() {
    return workspaceId;
  }

  /** {@code contract}. */
  @Override
  public String targetName() {
    return "contract";
  }

  @Override
  public Path runsFolder() {
    return folder.resolve("runs");
  }

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Duration timeout() {
    return Duration.ofSeconds(30);
  }

  @Override
  public String resolve(Secret secret) throws BackendException {
    resolved.incrementAndGet();
    String value = secret instanceof Secret.Named named ? secrets.get(named.name()) : null;
    if (value == null) {
      throw new BackendException(
          Kind.UNAUTHORIZED,
          "the secret "
              + secret.reference()
              + " has no value; the contract knows "
              + secrets.keySet());
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
  public synchronized void materialise(Digest manifest, Path into) throws BackendException {
    Path source = sourceOf(manifest);
    try (Stream<Path> paths = Files.walk(source)) {
      for (Path path : paths.toList()) {
        Path copy = into.resolve(source.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else if (Files.notExists(copy)) {
          Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (IOException e) {
      throw new BackendException(
          Kind.TRANSIENT, "could not write tree " + manifest + " to " + into, e);
    }
  }
}
