package io.wherry;

import io.wherry.internal.check.Bytes;
import io.wherry.internal.control.Controller;
import io.wherry.internal.store.OutputRow;
import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import java.nio.file.Path;

/**
 * What a run wrote as one of its outputs. Immutable; the content is frozen and named by its digest.
 */
public final class Artifact {
  private final Controller controller;
  private final String runId;
  private final OutputRow row;

  Artifact(Controller controller, String runId, OutputRow row) {
    this.controller = controller;
    this.runId = runId;
    this.row = row;
  }

  /** Id of the run that wrote it. */
  public String runId() {
    return runId;
  }

  /** Name of the output. */
  public String name() {
    return row.name();
  }

  /** Identity of its content: of the file, or of the manifest of the folder. */
  public Digest digest() {
    return row.digest();
  }

  /** Bytes in all. */
  public long size() {
    return row.size();
  }

  /** The file or folder on this machine. Read it; do not change it. */
  public Path path() {
    return controller.results().path(row.path());
  }

  Content content() {
    return row.kind().equals("folder")
        ? new Content.Tree(row.digest())
        : new Content.Blob(row.digest(), row.name());
  }

  /** {@code model of penguins-3, 12 KiB, sha256:…}. */
  @Override
  public String toString() {
    return row.name() + " of " + runId + ", " + Bytes.format(row.size()) + ", " + row.digest();
  }
}
