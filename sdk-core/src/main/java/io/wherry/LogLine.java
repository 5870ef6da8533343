package io.wherry;

import io.wherry.spi.Channel;

/**
 * One line that a process of a run wrote.
 *
 * @param attempt the attempt, from 1
 * @param rank rank of the process, from 0
 * @param channel {@link Channel#OUT} or {@link Channel#ERR}
 * @param text without its line break; malformed UTF-8 as U+FFFD
 * @param continued whether more of the same line follows in the next one of this channel and rank
 */
public record LogLine(int attempt, int rank, Channel channel, String text, boolean continued) {
  /** The text alone. */
  @Override
  public String toString() {
    return text;
  }
}
