package io.wherry.spi;

/** A stream of bytes that a process of a workload writes. */
public enum Channel {
  /** Standard output. */
  OUT,
  /** Standard error. */
  ERR,
  /** Records of {@code io.wherry.runtime.protocol}. */
  EVENTS
}
