package io.wherry.testkit;

import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.Program;
import io.wherry.spec.RunSpec;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.BlobStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The files that a fake run finds, taken from staging like an engine of another machine would. */
record FakeContent(BlobStore staging, BackendContext context) {

  /**
   * Files of the working folder by path, and of inputs by name and path.
   *
   * @throws BackendException {@code REJECTED} if content was never staged
   */
  Map<String, byte[]> of(RunSpec spec) throws BackendException {
    requireStaged(spec);
    Map<String, byte[]> files = new LinkedHashMap<>();
    if (spec.source() != null) {
      read(spec.source(), "", files);
    }
    for (Map.Entry<String, Content> input : spec.inputs().entrySet()) {
      read(input.getValue(), input.getKey(), files);
    }
    return files;
  }

  private void requireStaged(RunSpec spec) throws BackendException {
    List<Content> needed = new ArrayList<>(spec.inputs().values());
    if (spec.source() != null) {
      needed.add(spec.source());
    }
    if (spec.program() instanceof Program.Java java) {
      needed.addAll(java.classPath());
    }
    for (Content content : needed) {
      Digest digest = null;
      if (content instanceof Content.Blob blob) {
        digest = blob.digest();
      } else if (content instanceof Content.Tree tree) {
        digest = tree.manifest();
      }
      if (digest != null && !staging.missing(Set.of(digest)).isEmpty()) {
        throw new BackendException(Kind.REJECTED, digest + " was never staged");
      }
    }
  }

  private void read(Content content, String name, Map<String, byte[]> files)
      throws BackendException {
    try {
      if (content instanceof Content.Blob blob) {
        try (InputStream in = staging.open(blob.digest())) {
          files.put(name, in.readAllBytes());
        }
      } else if (content instanceof Content.Tree tree) {
        readFolder(context.sharedTree(tree.manifest()), name, files);
      } else if (content instanceof Content.InPlace place) {
        readFolder(Path.of(place.location()), name, files);
      }
    } catch (IOException e) {
      throw new BackendException(Kind.TRANSIENT, "could not read " + content, e);
    }
  }

  private static void readFolder(Path root, String name, Map<String, byte[]> files)
      throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        String path = root.relativize(file).toString();
        files.put(
            Stream.of(name, path)
                .filter(s -> !s.isEmpty())
                .reduce((a, b) -> a + "/" + b)
                .orElse(""),
            Files.readAllBytes(file));
      }
    }
  }
}
