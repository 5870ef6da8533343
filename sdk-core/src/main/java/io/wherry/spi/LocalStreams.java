package io.wherry.spi;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The engine writes streams to files of this machine that last as long as the run folder: core
 * reads them in place.
 */
public interface LocalStreams extends Facet {
  /**
   * The file behind a stream, whether it exists yet or not; empty for a workload of another
   * machine. No I/O.
   */
  Optional<Path> file(StreamRef stream);
}
