package io.wherry;

import io.wherry.internal.control.Controller;
import io.wherry.internal.control.RunRecord;
import io.wherry.internal.store.DataRow;
import io.wherry.internal.store.Reads;
import io.wherry.internal.store.RunRow;
import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.RunSpec;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is kept and what is deleted. */
final class Retention {
  private static final int PAGE = 500;

  /**
   * Content of a submit that is under way is not in the store yet: blobs younger than this stay.
   */
  private static final Duration BLOB_GRACE = Duration.ofHours(1);

  private final Controller controller;

  Retention(Controller controller) {
    this.controller = controller;
  }

  void delete(String id) {
    controller.requireWritable();
    RunRecord run = controller.find(id).orElse(null);
    if (run == null) {
      return;
    }
    if (!run.state().isFinal()) {
      throw new WherryException(
          Code.CONFLICT,
          id + " has not ended, it is " + run.state() + " -> cancel it and await its end first");
    }
    delete(run.pk(), id);
  }

  /** Row first: what a crash leaves of the folder is swept by the next prune. */
  private void delete(long pk, String id) {
    controller
        .store()
        .write(
            tx -> {
              tx.deleteRun(pk);
              return true;
            });
    try {
      deleteFolder(runs().resolve(id));
      deleteFolder(controller.results().run(id));
    } catch (IOException e) {
      throw new WherryException(Code.IO, id + " was deleted, but not all of its files: " + e, e);
    }
  }

  PruneReport prune(Duration olderThan) {
    controller.requireWritable();
    Instant before = controller.clock().instant().minus(olderThan);
    int deleted = 0;
    while (true) {
      List<RunRow> page = controller.store().read(r -> r.endedBefore(before, PAGE));
      if (page.isEmpty()) {
        break;
      }
      for (RunRow run : page) {
        delete(run.id(), run.runId());
        deleted++;
      }
    }
    try {
      sweepFolders();
      var swept = controller.snapshots().sweep(reachable(), BLOB_GRACE);
      return new PruneReport(deleted, swept.blobs(), swept.bytes());
    } catch (IOException e) {
      throw new WherryException(Code.IO, "runs were pruned, but not all content: " + e, e);
    }
  }

  private Set<Digest> reachable() throws IOException {
    Set<Digest> marked = new HashSet<>();
    List<Content> data = new ArrayList<>();
    List<RunSpec> specs = new ArrayList<>();
    controller
        .store()
        .read(
            reads -> {
              reads.specs(specs::add);
              marked.addAll(reads.outputDigests());
              reads.data().stream().map(DataRow::content).forEach(data::add);
              return true;
            });
    for (RunSpec spec : specs) {
      marked.addAll(reachable(spec));
    }
    for (Digest output : Set.copyOf(marked)) {
      marked.addAll(treeOf(output));
    }
    marked.addAll(controller.snapshots().reachable(data));
    return marked;
  }

  /** A run whose manifests are damaged holds on to nothing: it could not be started again. */
  private Set<Digest> reachable(RunSpec spec) {
    try {
      return controller.snapshots().reachable(spec);
    } catch (IOException e) {
      return Set.of();
    }
  }

  /** A folder's output names its files; a digest alone does not say which it is. */
  private Set<Digest> treeOf(Digest digest) {
    try {
      return controller.snapshots().reachable(List.of(new Content.Tree(digest)));
    } catch (IOException e) {
      return Set.of(); // a file, no manifest
    }
  }

  /** Folders of runs that are not in the store: left by a crash in the middle of a deletion. */
  private void sweepFolders() throws IOException {
    for (Path parent : List.of(runs(), controller.results().root())) {
      if (!Files.isDirectory(parent)) {
        continue;
      }
      try (var folders = Files.newDirectoryStream(parent, Files::isDirectory)) {
        for (Path folder : folders) {
          String id = folder.getFileName().toString();
          @Nullable RunRow row = controller.store().read((Reads r) -> r.run(id));
          if (row == null) {
            deleteFolder(folder);
          }
        }
      }
    }
  }

  private Path runs() {
    return controller.folder().resolve("runs");
  }

  private static void deleteFolder(Path folder) throws IOException {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              dir.toFile().setWritable(true, true);
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
    } catch (NoSuchFileException e) {
      return; // gone already
    }
  }
}
