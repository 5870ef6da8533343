package io.wherry.internal.control;

import io.wherry.spec.Progress;
import io.wherry.spec.RunSpec;
import io.wherry.spec.RunState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run at one instant, from memory or from the store; immutable.
 *
 * @param pk its key in the store
 * @param id its id, such as {@code hello-1}
 * @param spec what was submitted
 * @param submitted when
 * @param state state of the newest attempt
 * @param reason why it stands there
 * @param attempts all attempts, oldest first, never empty
 * @param progress what the program reported last, null if nothing
 */
public record RunRecord(
    long pk,
    String id,
    RunSpec spec,
    Instant submitted,
    RunState state,
    String reason,
    List<AttemptRecord> attempts,
    @Nullable Progress progress) {
  public RunRecord {
    attempts = List.copyOf(attempts);
  }

  /** The newest attempt. */
  public AttemptRecord newest() {
    return attempts.get(attempts.size() - 1);
  }
}
