package io.wherry.internal.snapshot;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * Writes trees into new folders. Links come last and only below folders that it made itself, so
 * that nothing is ever written through one. Every blob is checked against its digest on the way.
 */
final class TreeWriter {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final FolderBlobStore store;
  private final Workers workers;
  private final ConcurrentLinkedQueue<byte[]> buffers = new ConcurrentLinkedQueue<>();

  TreeWriter(FolderBlobStore store, Workers workers) {
    this.store = store;
    this.workers = workers;
  }

  /**
   * Writes a tree.
   *
   * @param root a folder that does not exist; its parent does
   * @param writable whether the copy may be changed; else its folders and files are read-only, but
   *     for the root
   */
  void write(Manifest manifest, Path root, boolean writable) throws IOException {
    Files.createDirectory(root);
    List<Manifest.File> files = new ArrayList<>();
    List<Manifest.Link> links = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    for (Manifest.Entry entry : manifest.entries()) {
      if (entry instanceof Manifest.File file) {
        files.add(file);
      } else if (entry instanceof Manifest.Link link) {
        links.add(link);
      } else {
        Path folder = root.resolve(entry.path());
        Files.createDirectory(folder);
        folders.add(folder);
      }
    }
    workers.each(
        files.size(),
        (i, canceled) -> {
          Manifest.File file = files.get(i);
          copy(file, root.resolve(file.path()), writable, canceled);
        });
    for (Manifest.Link link : links) {
      Files.createSymbolicLink(root.resolve(link.path()), Path.of(link.target()));
    }
    if (!writable) {
      for (Path folder : folders) {
        PrivateFiles.permit(folder, "r-x------");
      }
    }
  }

  private void copy(Manifest.File file, Path to, boolean writable, BooleanSupplier canceled)
      throws IOException {
    byte[] idle = buffers.poll();
    byte[] buffer = idle == null ? new byte[1 << 18] : idle;
    MessageDigest sha = Sha256.start();
    try (FileChannel in = store.read(file.digest());
        FileChannel out =
            FileChannel.open(
                to, Set.of(CREATE_NEW, WRITE), permissions(file.executable(), writable))) {
      ByteBuffer bytes = ByteBuffer.wrap(buffer);
      while (in.read(bytes.clear()) >= 0) {
        if (canceled.getAsBoolean()) {
          throw new CancellationException();
        }
        bytes.flip();
        sha.update(buffer, 0, bytes.limit());
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
    } catch (NoSuchFileException e) {
      if (store.path(file.digest()).isPresent()) {
        throw e;
      }
      throw new IOException(
          file.digest()
              + " ("
              + Manifest.escape(file.path())
              + ") is not in the workspace; submit the run again from its source",
          e);
    } finally {
      buffers.add(buffer);
    }
    if (!Sha256.end(sha).equals(file.digest())) {
      throw new IOException(
          "the blob of "
              + Manifest.escape(file.path())
              + " is damaged; delete "
              + store.file(file.digest())
              + " and submit the run again from its source");
    }
  }

  private static FileAttribute<?>[] permissions(boolean executable, boolean writable) {
    if (!POSIX || (writable && !executable)) {
      return new FileAttribute<?>[0];
    }
    String text = writable ? "rwxrwxrwx" : executable ? "r-x------" : "r--------"; // less the umask
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
    };
  }
}
