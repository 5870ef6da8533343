package io.wherry.spec;

/**
 * Where an attempt of a run stands; a run shows the state of its newest attempt. States only move
 * forward.
 */
public enum RunState {
  /** Accepted and durable; nothing has happened yet. */
  CREATED,
  /** Content is being copied to the target. */
  PREPARING,
  /** Waiting for room: in the workspace's queue or in the engine's. */
  QUEUED,
  /** The user's program was started. */
  RUNNING,
  /** The program has ended; its last events and outputs are being collected. */
  COLLECTING,
  /** Ended with exit code 0 and everything it promised is there. */
  SUCCEEDED,
  /** Ended in any other way than success that the engine could tell. */
  FAILED,
  /** Ended because the user asked for it. */
  CANCELED,
  /** The engine no longer knows the attempt; what became of the program is unknown. */
  LOST;

  /** Whether no other state can follow. */
  public boolean isFinal() {
    return compareTo(SUCCEEDED) >= 0;
  }
}
