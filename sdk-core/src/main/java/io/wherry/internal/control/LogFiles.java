package io.wherry.internal.control;

import io.wherry.spi.Channel;
import io.wherry.spi.LocalStreams;
import io.wherry.spi.StreamRef;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the bytes of a log stream lie on this machine. No I/O. */
public final class LogFiles {
  private final ResultFolders results;

  LogFiles(ResultFolders results) {
    this.results = results;
  }

  /**
   * The file of a stream: the engine's own where it writes on this machine, else our copy. It may
   * not exist yet.
   */
  public Path file(
      @Nullable WorkloadBackend backend,
      String runId,
      AttemptRecord attempt,
      int rank,
      Channel channel) {
    WorkloadHandle handle = attempt.handle();
    if (backend != null && handle != null) {
      StreamRef stream = new StreamRef(handle, attempt.restart(), rank, channel);
      Path own = backend.facet(LocalStreams.class).flatMap(l -> l.file(stream)).orElse(null);
      if (own != null) {
        return own;
      }
    }
    return copy(runId, attempt.number(), rank, channel);
  }

  Path copy(String runId, int attempt, int rank, Channel channel) {
    return results.log(runId, attempt, rank, channel);
  }
}
