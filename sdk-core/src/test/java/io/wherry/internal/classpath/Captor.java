package io.wherry.internal.classpath;

import io.wherry.internal.snapshot.FolderBlobStore;
import io.wherry.internal.snapshot.Snapshots;
import io.wherry.spec.Content;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Captures a class from inside whatever JVM, and writes down how to start it elsewhere. */
public final class Captor {
  private Captor() {}

  /** Captures the class named by the second argument into the workspace named by the first. */
  public static void main(String[] args) throws Exception {
    capture(args[0], Class.forName(args[1]));
  }

  /**
   * Writes main class and class path, a line each, to the file {@code command} of the workspace.
   */
  public static void capture(String workspace, Class<?> main) {
    Path folder = Path.of(workspace);
    try (Snapshots snapshots =
        new Snapshots(folder, new FolderBlobStore(folder.resolve("blobs")), Clock.systemUTC())) {
      FrozenClassPath frozen = new ClassPathCapture(snapshots).capture(main);
      Files.writeString(
          folder.resolve("command"), frozen.mainClass() + "\n" + path(snapshots, frozen.entries()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The class path of frozen content on this machine. */
  static String path(Snapshots snapshots, List<Content> entries) throws IOException {
    List<String> path = new ArrayList<>();
    for (Content entry : entries) {
      if (entry instanceof Content.Tree tree) {
        path.add(snapshots.sharedTree(tree.manifest()).toString());
      } else if (entry instanceof Content.Blob blob) {
        Optional<Path> file = snapshots.store().path(blob.digest());
        path.add(file.orElseThrow().toString());
      }
    }
    return String.join(File.pathSeparator, path);
  }
}
