package io.wherry.internal.store;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Loads SQLite's native library from a copy that is kept in the user's cache folder. Left alone the
 * driver unpacks a new copy into the temporary folder at every start of a JVM, which costs more
 * time than opening the store does, and leaves it there when the JVM is killed.
 *
 * <p>Whatever goes wrong here, the driver's own way remains.
 */
final class NativeLibrary {
  private static final String PATH = "org.sqlite.lib.path";
  private static final String NAME = "org.sqlite.lib.name";
  private static final String TEMP = "org.sqlite.tmpdir";

  private NativeLibrary() {}

  /** Loads the library if it is not loaded yet. Thread-safe; cheap when repeated. */
  @SuppressWarnings("LockOnNonEnclosingClassLiteral") // the lock that the driver itself takes
  static void load() {
    // The driver reads its settings from system properties, and only once: they are ours for a
    // moment.
    synchronized (SQLiteJDBCLoader.class) {
      boolean chosenByUser = System.getProperty(PATH) != null || System.getProperty(NAME) != null;
      Path folder = chosenByUser ? null : copy(cacheFolder());
      boolean temp = false;
      if (folder != null) {
        System.setProperty(PATH, folder.toString());
        if (System.getProperty(TEMP) == null) { // where it looks for leftovers to remove
          temp = true;
          System.setProperty(TEMP, folder.toString());
        }
      }
      try {
        SQLiteJDBCLoader.initialize();
      } catch (Exception e) {
        throw new StoreException(
            "SQLite's native library cannot be loaded: "
                + e.getMessage()
                + " -> make the temporary folder writable and executable, or name a folder with the"
                + " library by -D"
                + PATH,
            e);
      } finally {
        if (folder != null) {
          System.clearProperty(PATH);
        }
        if (temp) {
          System.clearProperty(TEMP);
        }
      }
    }
  }

  /**
   * The folder with a whole copy of the library below a cache folder; makes it if need be.
   *
   * @return null where that is not possible or not safe
   */
  static @Nullable Path copy(@Nullable Path cache) {
    if (cache == null) {
      return null;
    }
    // Named by what is known at once: asking the driver for its platform can start a process.
    Path folder =
        cache.resolve(
            "sqlite-"
                + SQLiteJDBCLoader.getVersion()
                + "-"
                + System.getProperty("os.name").replace(' ', '-')
                + "-"
                + System.getProperty("os.arch"));
    Path library = folder.resolve(LibraryLoaderUtil.getNativeLibName());
    try {
      createPrivate(folder);
      if (!isOnlyOurs(folder)) {
        return null;
      }
      if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)) {
        unpack(library);
      }
      return folder;
    } catch (IOException | SecurityException e) {
      System.getLogger(NativeLibrary.class.getName())
          .log(Level.DEBUG, "no copy of SQLite's library in " + cache, e);
      return null;
    }
  }

  /**
   * Racing JVMs each move a whole file into place; which of them wins does not matter. The file is
   * on the disk before it gets its name, so that it is never half there.
   */
  private static void unpack(Path library) throws IOException {
    Path temp = Files.createTempFile(library.getParent(), "unpack", ".tmp");
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + library.getFileName();
    try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the driver has no library for this platform");
      }
      try (FileChannel out = FileChannel.open(temp, StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap(in.readAllBytes()));
        out.force(true);
      }
      Files.move(
          temp, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temp);
    }
  }

  private static void createPrivate(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, onlyOwner());
    }
  }

  private static FileAttribute<?>[] onlyOwner() {
    return isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Code is loaded from there: nobody else may put a file into it. */
  private static boolean isOnlyOurs(Path folder) throws IOException {
    if (!isPosix()) {
      return true;
    }
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> permissions = attributes.permissions();
    return attributes.isDirectory()
        && !permissions.contains(PosixFilePermission.GROUP_WRITE)
        && !permissions.contains(PosixFilePermission.OTHERS_WRITE)
        && attributes.owner().getName().equals(System.getProperty("user.name"));
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static @Nullable Path cacheFolder() {
    String home = System.getProperty("user.home", "");
    String os = System.getProperty("os.name", "");
    String local = System.getenv(os.startsWith("Windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME");
    if (local != null && new File(local).isAbsolute()) {
      return Path.of(local, "wherry");
    }
    if (!new File(home).isAbsolute() || os.startsWith("Windows")) {
      return null;
    }
    return os.startsWith("Mac")
        ? Path.of(home, "Library", "Caches", "wherry")
        : Path.of(home, ".cache", "wherry");
  }
}
