package io.wherry.internal.snapshot;

import static io.wherry.spi.BackendException.Kind.REJECTED;
import static io.wherry.spi.BackendException.Kind.TRANSIENT;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.wherry.spec.Digest;
import io.wherry.spi.BackendException;
import io.wherry.spi.BlobStore;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Blobs in a folder: {@code ab/<64 hex digits>}, read-only and for their owner alone. A blob
 * appears by an atomic rename when it is complete, never before, so that any number of threads and
 * processes may use one folder. Nothing is forced to the disk: after a power failure a blob may
 * have the wrong length, which counts as not being there.
 */
public final class FolderBlobStore implements BlobStore {
  /**
   * Below this age a blob is not marked as used again; sweeps with a longer grace than this are
   * safe at any time.
   */
  static final Duration REFRESH = Duration.ofMinutes(10);

  /** A temporary file that nobody has written to for so long belongs to a process that is gone. */
  private static final Duration STALE = Duration.ofHours(1);

  private static final int BUFFER = 1 << 20;
  private static final String TEMPORARY = ".tmp-";
  private static final String CONDEMNED = ".gone-";

  private final Path folder;
  private final File ioFolder;
  private final FileAttribute<?>[] owner;
  private final boolean[] made = new boolean[256]; // a hint: racing writes are harmless
  private final String unique =
      ProcessHandle.current().pid() + "-" + Long.toString(System.nanoTime(), 36);
  private final AtomicLong counter = new AtomicLong();

  /**
   * What a sweep deleted.
   *
   * @param blobs how many blobs
   * @param bytes their bytes, and those of abandoned temporary files
   */
  public record Swept(int blobs, long bytes) {}

  /** Uses a folder, which is made when the first blob arrives. No I/O. */
  public FolderBlobStore(Path folder) {
    this.folder = folder.toAbsolutePath();
    this.ioFolder = this.folder.toFile();
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    this.owner =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------"))
            }
            : new FileAttribute<?>[0];
  }

  @Override
  public Set<Digest> missing(Set<Digest> digests) {
    Set<Digest> missing = new HashSet<>(digests);
    missing.removeIf(this::uses);
    return missing;
  }

  @Override
  public void put(Digest digest, Path content) throws BackendException {
    if (uses(digest)) {
      return;
    }
    try (InputStream in = Files.newInputStream(content)) {
      put(digest, in);
    } catch (NoSuchFileException e) {
      throw new BackendException(
          REJECTED, "there is no file " + e.getFile() + " to store as " + digest, e);
    } catch (IOException e) {
      throw failed("store " + content, e);
    }
  }

  /**
   * Adds what a stream holds, all or nothing; reads it to its end and does not close it.
   *
   * @throws BackendException {@code REJECTED} if the content does not have that digest
   */
  public void put(Digest digest, InputStream content) throws BackendException {
    try {
      Digest found = add(content, digest);
      if (!found.equals(digest)) {
        throw new BackendException(
            REJECTED, "the content to store as " + digest + " has the digest " + found);
      }
    } catch (IOException e) {
      throw failed("store " + digest, e);
    }
  }

  /**
   * Adds what a stream holds, whatever its digest is; reads it to its end and does not close it.
   */
  public Digest add(InputStream content) throws IOException {
    try {
      return add(content, null);
    } catch (ClosedByInterruptException e) {
      throw Workers.interrupted(e);
    }
  }

  /** Adds bytes. */
  public Digest add(byte[] content) throws IOException {
    Digest digest = Sha256.of(content);
    try {
      write(digest, content, content.length);
    } catch (ClosedByInterruptException e) {
      throw Workers.interrupted(e);
    }
    return digest;
  }

  @Override
  public InputStream open(Digest digest) throws BackendException {
    try {
      return Files.newInputStream(place(digest));
    } catch (NoSuchFileException e) {
      throw new BackendException(REJECTED, "the blob " + digest + " is not in " + folder, e);
    } catch (IOException e) {
      throw failed("read " + digest, e);
    }
  }

  @Override
  public void delete(Set<Digest> digests) throws BackendException {
    for (Digest digest : digests) {
      try {
        Files.deleteIfExists(place(digest));
      } catch (IOException e) {
        throw failed("delete " + digest, e);
      }
    }
  }

  @Override
  public Optional<Path> path(Digest digest) {
    return ioPlace(digest).isFile() ? Optional.of(place(digest)) : Optional.empty();
  }

  /**
   * Deletes blobs that are not marked and that nobody has stored or asked for within a grace time,
   * and temporary files of processes that are gone. A blob that is stored again meanwhile stays, as
   * long as the grace is longer than {@link #REFRESH}.
   *
   * @param marked blobs that are in use
   * @param grace how long an unmarked blob is kept after its last use
   * @param clock tells the time; compared with times of the file system
   */
  public Swept sweep(Set<Digest> marked, Duration grace, Clock clock) throws IOException {
    Set<String> kept = new HashSet<>(marked.size() * 2);
    marked.forEach(d -> kept.add(d.hex()));
    long now = clock.millis();
    long oldest = now - grace.toMillis();
    long stale = now - Math.max(grace.toMillis(), STALE.toMillis());
    int blobs = 0;
    long bytes = 0;
    if (!ioFolder.isDirectory()) {
      return new Swept(0, 0);
    }
    for (Path shelf : list(folder)) {
      if (isTemporary(shelf)) {
        bytes += deleteTemporary(shelf, stale);
      } else if (shelf.getFileName().toString().matches("[0-9a-f]{2}")) {
        for (Path path : list(shelf)) {
          if (isTemporary(path)) {
            bytes += deleteTemporary(path, stale);
          } else if (isBlob(path) && !kept.contains(path.getFileName().toString())) {
            long size = condemn(path, oldest);
            blobs += size >= 0 ? 1 : 0;
            bytes += Math.max(size, 0);
          }
        }
      }
    }
    return new Swept(blobs, bytes);
  }

  /**
   * Whether a blob of that size is here; if so, it is protected from sweeps for their grace time.
   */
  boolean uses(Digest digest, long size) {
    File file = ioPlace(digest);
    return file.length() == size && used(file);
  }

  /** {@link #uses(Digest, long)} by one system call, for blobs that are expected to be here. */
  boolean stillUses(Digest digest, long size) throws IOException {
    Path file = place(digest);
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.size() == size
          && (isRecent(attributes.lastModifiedTime().toMillis()) || used(file.toFile()));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Adds the first bytes of a buffer, whose digest was computed already. */
  void write(Digest digest, byte[] content, int length) throws IOException {
    if (uses(digest, length)) {
      return;
    }
    Path temporary = shelf(digest).resolve(temporaryName());
    try (FileChannel out = create(temporary)) {
      ByteBuffer bytes = ByteBuffer.wrap(content, 0, length);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    publish(temporary, digest);
  }

  /**
   * A new temporary file for content whose digest is not known yet; {@link #publish} or its
   * deletion ends it.
   */
  Path temporary() throws IOException {
    makeFolder();
    return folder.resolve(temporaryName());
  }

  /** Opens a temporary file for writing. */
  FileChannel create(Path temporary) throws IOException {
    try {
      return FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE), owner);
    } catch (NoSuchFileException e) {
      Files.createDirectories(temporary.getParent()); // somebody tidied up
      return FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE), owner);
    }
  }

  /** Turns a complete temporary file into a blob. */
  void publish(Path temporary, Digest digest) throws IOException {
    try {
      shelf(digest);
      Files.move(temporary, place(digest), ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  /** Where a blob's file lies, or would lie. */
  Path file(Digest digest) {
    return place(digest);
  }

  /** Opens a blob's file. */
  FileChannel read(Digest digest) throws IOException {
    return FileChannel.open(place(digest), READ);
  }

  private Digest add(InputStream content, @Nullable Digest expected) throws IOException {
    byte[] buffer = new byte[BUFFER];
    MessageDigest sha = Sha256.start();
    int length = content.readNBytes(buffer, 0, BUFFER);
    sha.update(buffer, 0, length);
    if (length < BUFFER) {
      Digest digest = Sha256.end(sha);
      if (expected == null || expected.equals(digest)) {
        write(digest, buffer, length);
      }
      return digest;
    }
    Path temporary = temporary();
    try (FileChannel out = create(temporary)) {
      while (length > 0) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        length = content.readNBytes(buffer, 0, BUFFER);
        sha.update(buffer, 0, length);
      }
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    Digest digest = Sha256.end(sha);
    if (expected == null || expected.equals(digest)) {
      publish(temporary, digest);
    } else {
      Files.deleteIfExists(temporary);
    }
    return digest;
  }

  private boolean uses(Digest digest) {
    return used(ioPlace(digest));
  }

  private static boolean used(File file) {
    long modified = file.lastModified();
    return modified > 0 && (isRecent(modified) || file.setLastModified(System.currentTimeMillis()));
  }

  /** By the file system's clock, whatever clock the workspace runs on. */
  private static boolean isRecent(long modified) {
    return System.currentTimeMillis() - modified < REFRESH.toMillis();
  }

  /** Deletes a blob unless it is used meanwhile; its size, or -1 if it stays. */
  private long condemn(Path path, long oldest) throws IOException {
    if (lastModified(path) > oldest) {
      return -1;
    }
    // Out of sight first: who asks from now on finds nothing and stores the blob anew; who asked
    // before has left a new
    // time on it.
    Path condemned = path.resolveSibling(CONDEMNED + unique + "-" + counter.incrementAndGet());
    try {
      Files.move(path, condemned, ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return -1;
    }
    if (lastModified(condemned) > oldest) {
      Files.move(condemned, path, ATOMIC_MOVE);
      return -1;
    }
    long size = condemned.toFile().length();
    Files.deleteIfExists(condemned);
    return size;
  }

  private static long deleteTemporary(Path path, long stale) throws IOException {
    long size = path.toFile().length();
    return lastModified(path) <= stale && Files.deleteIfExists(path) ? size : 0;
  }

  private static long lastModified(Path path) {
    long time = path.toFile().lastModified();
    return time == 0 ? Long.MAX_VALUE : time; // gone: nothing left to do
  }

  private static boolean isTemporary(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(TEMPORARY) || name.startsWith(CONDEMNED);
  }

  private static boolean isBlob(Path path) {
    return path.getFileName().toString().matches("[0-9a-f]{64}");
  }

  private static Iterable<Path> list(Path folder) throws IOException {
    Set<Path> paths = new HashSet<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(paths::add);
    } catch (DirectoryIteratorException e) {
      throw new IOException("cannot list " + folder, e);
    }
    return paths;
  }

  private String temporaryName() {
    return TEMPORARY + unique + "-" + counter.incrementAndGet();
  }

  private Path place(Digest digest) {
    return folder.resolve(digest.hex().substring(0, 2) + "/" + digest.hex());
  }

  private File ioPlace(Digest digest) {
    return new File(ioFolder, digest.hex().substring(0, 2) + File.separatorChar + digest.hex());
  }

  private Path shelf(Digest digest) throws IOException {
    String name = digest.hex().substring(0, 2);
    int index = Integer.parseInt(name, 16);
    if (!made[index]) {
      makeFolder();
      new File(ioFolder, name)
          .mkdir(); // false if it is there already; a real failure shows when a blob is written
      made[index] = true;
    }
    return folder.resolve(name);
  }

  private void makeFolder() throws IOException {
    if (!ioFolder.isDirectory()) {
      Files.createDirectories(folder.getParent());
      PrivateFiles.makeFolder(folder);
    }
  }

  private static BackendException failed(String what, IOException e) {
    return new BackendException(
        TRANSIENT, "could not " + what + ": " + e + "; check the workspace's disk", e);
  }
}
