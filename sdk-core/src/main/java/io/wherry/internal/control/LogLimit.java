package io.wherry.internal.control;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Cuts the logs of ended attempts: the end of each stream is kept, since that is where the reason
 * of a failure stands.
 */
final class LogLimit {
  private final long bytes;

  /**
   * Makes a limit.
   *
   * @param bytes how much of each stream is kept; {@link Long#MAX_VALUE} for all
   */
  LogLimit(long bytes) {
    this.bytes = bytes;
  }

  /**
   * Cuts a file that is too long; one that is being followed is still read to its end. Idempotent.
   */
  void apply(Path log) throws IOException {
    long size = Files.exists(log) ? Files.size(log) : 0;
    if (size <= bytes) {
      return;
    }
    Path cut = log.resolveSibling(log.getFileName() + ".cut");
    byte[] head =
        ("[wherry: at least "
                + (size - bytes)
                + " bytes before this line were cut by the log limit]\n")
            .getBytes(StandardCharsets.UTF_8);
    long kept = Math.max(0, bytes - head.length);
    try (FileChannel in = FileChannel.open(log, StandardOpenOption.READ);
        OutputStream out = Files.newOutputStream(cut)) {
      out.write(head);
      in.position(size - kept);
      Channels.newInputStream(in).transferTo(out);
    }
    Files.move(cut, log, StandardCopyOption.ATOMIC_MOVE);
  }
}
