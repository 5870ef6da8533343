package io.wherry.testkit;

import io.wherry.spi.Channel;
import java.time.Duration;

/** One thing that a fake process does; only {@link Take} takes time. */
sealed interface Step {
  record Take(Duration time) implements Step {}

  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record Write(Channel channel, byte[] bytes) implements Step {}

  /** A point; its time is when it is done. */
  record Measure(long step, String name, double value) implements Step {}

  /** A file of an output; an empty path is the output itself. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record WriteOutput(String output, String path, byte[] bytes) implements Step {}

  /** A file of the checkpoint folder. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  record Keep(String file, byte[] bytes) implements Step {}

  /** Touches memory. */
  record Use(long bytes) implements Step {}

  /** Leaves a process behind that runs until somebody ends it. */
  record Fork() implements Step {}

  record Exit(int code) implements Step {}
}
