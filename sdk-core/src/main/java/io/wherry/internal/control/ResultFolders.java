package io.wherry.internal.control;

import io.wherry.spi.Channel;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a workspace keeps what runs have brought home: {@code results/<run>/<attempt>/outputs} and
 * {@code …/logs}. The folder {@code runs} beside it belongs to the backends. No I/O.
 */
public final class ResultFolders {
  private final Path workspace;

  /** Under a workspace's folder. */
  public ResultFolders(Path workspace) {
    this.workspace = workspace;
  }

  /** Everything that belongs to the results of runs. */
  public Path root() {
    return workspace.resolve("results");
  }

  /** Everything of one run. */
  public Path run(String runId) {
    return root().resolve(runId);
  }

  /** The outputs of one attempt, one entry an output name. */
  Path outputs(String runId, int attempt) {
    return attempt(runId, attempt).resolve("outputs");
  }

  /** The copy of one log stream. */
  Path log(String runId, int attempt, int rank, Channel channel) {
    return attempt(runId, attempt)
        .resolve("logs")
        .resolve(channel.name().toLowerCase(Locale.ROOT) + "-" + rank);
  }

  /** How the store names a result: relative, so that the workspace may be moved. */
  String name(Path result) {
    return workspace.relativize(result).toString();
  }

  /** The inverse of {@link #name}. */
  public Path path(String name) {
    return workspace.resolve(name);
  }

  private Path attempt(String runId, int attempt) {
    return run(runId).resolve(Integer.toString(attempt));
  }
}
