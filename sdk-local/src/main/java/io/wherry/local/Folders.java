package io.wherry.local;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whole folders; never follows a link. */
final class Folders {

  private Folders() {}

  /** Deletes a file or folder; also folders that their owner has made read-only. Absent is fine. */
  static void delete(Path path) throws IOException {
    try {
      Files.deleteIfExists(path);
      return;
    } catch (DirectoryNotEmptyException e) { // goes entry by entry
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attrs)
              throws IOException {
            Set<PosixFilePermission> permissions =
                new HashSet<>(Files.getPosixFilePermissions(dir));
            if (permissions.addAll(
                Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE))) {
              Files.setPosixFilePermissions(dir, permissions);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attrs)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
              throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
              throw failure;
            }
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * Brings a file or folder to another place, all or nothing: by a new name, else by a copy. Again
   * is fine.
   */
  static void move(Path from, Path to) throws IOException {
    if (Files.exists(
        to, LinkOption.NOFOLLOW_LINKS)) { // whole; only the end of an earlier move is missing
      delete(from);
      return;
    }
    Files.createDirectories(to.toAbsolutePath().getParent());
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Path part = to.resolveSibling("." + to.getFileName() + ".part");
      delete(part);
      copy(from, part);
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
      delete(from);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attrs)
              throws IOException {
            Files.createDirectory(to.resolve(from.relativize(dir).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attrs)
              throws IOException {
            String name = from.relativize(file).toString();
            Files.copy(
                file,
                name.isEmpty() ? to : to.resolve(name),
                LinkOption.NOFOLLOW_LINKS,
                StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
