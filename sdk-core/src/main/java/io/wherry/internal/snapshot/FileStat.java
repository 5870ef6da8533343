package io.wherry.internal.snapshot;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What tells an unchanged file from a changed one without reading it.
 *
 * @param mode type and permissions as {@code st_mode} has them
 * @param size bytes
 * @param modified last modification, nanoseconds since 1970
 * @param changed last change of content or attributes, nanoseconds since 1970; 0 where the system
 *     has none
 * @param inode number of the file; 0 where the system has none
 */
record FileStat(int mode, long size, long modified, long changed, long inode) {
  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int FILE = 0100000;
  private static final int LINK = 0120000;

  /** Reads the attributes by one system call, without following a link. */
  static FileStat of(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Map<String, Object> unix =
          Files.readAttributes(
              path, "unix:mode,ino,ctime,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
      return new FileStat(
          value(unix, "mode", Integer.class),
          value(unix, "size", Long.class),
          nanos(value(unix, "lastModifiedTime", FileTime.class)),
          nanos(value(unix, "ctime", FileTime.class)),
          value(unix, "ino", Long.class));
    }
    BasicFileAttributes basic =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    int type =
        basic.isSymbolicLink()
            ? LINK
            : basic.isDirectory() ? FOLDER : basic.isRegularFile() ? FILE : 0;
    return new FileStat(type, basic.size(), nanos(basic.lastModifiedTime()), 0, 0);
  }

  boolean isFolder() {
    return (mode & TYPE) == FOLDER;
  }

  boolean isFile() {
    return (mode & TYPE) == FILE;
  }

  boolean isLink() {
    return (mode & TYPE) == LINK;
  }

  /** Whether its owner may execute it. */
  boolean isExecutable() {
    return (mode & 0100) != 0;
  }

  private static <T> T value(Map<String, Object> attributes, String name, Class<T> type) {
    return type.cast(requireNonNull(attributes.get(name)));
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }
}
