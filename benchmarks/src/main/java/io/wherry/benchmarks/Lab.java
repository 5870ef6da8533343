package io.wherry.benchmarks;

import io.wherry.Workspace;
import io.wherry.spec.TargetSpec;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A temporary folder and what all benchmarks do in it. */
final class Lab implements AutoCloseable {
  /** Name of the target that {@link #workspace} attaches. */
  static final String TARGET = "bench";

  private final Path folder;
  private final AtomicInteger folders = new AtomicInteger();

  Lab() throws IOException {
    this.folder = Files.createTempDirectory("wherry-bench-").toRealPath();
  }

  /** What is worth knowing beside the figures. */
  static void say(String text) {
    System.err.println("# " + text);
  }

  /** A path in the temporary folder where nothing is yet. */
  Path place(String name) {
    return folder.resolve(folders.incrementAndGet() + "-" + name);
  }

  /** A new folder. */
  Path folder(String name) throws IOException {
    return Files.createDirectory(place(name));
  }

  /**
   * A new workspace with a target {@link #TARGET}: this machine, but with slots of its own, so that
   * runs of other workspaces do not take part.
   */
  Workspace workspace(String name, int slots) throws IOException {
    Workspace workspace = Workspace.open(place(name));
    attach(workspace, slots, place("slots"));
    return workspace;
  }

  static void attach(Workspace workspace, int slots, Path slotFolder) {
    workspace
        .compute()
        .attach(
            TARGET,
            TargetSpec.of(
                "local",
                Map.of("slots", Integer.toString(slots), "slotFolder", slotFolder.toString())));
  }

  /** Looks every millisecond until it holds. */
  static void await(String what, Duration atMost, BooleanSupplier condition)
      throws TimeoutException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new TimeoutException(what + " took more than " + atMost);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Deletes a folder with all that is in it; does nothing if there is none. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            dir.toFile().setWritable(true); // shared trees are read-only
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() throws IOException {
    delete(folder);
  }
}
