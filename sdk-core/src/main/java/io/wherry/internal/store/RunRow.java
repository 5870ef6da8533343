package io.wherry.internal.store;

import io.wherry.spec.Cause;
import io.wherry.spec.Progress;
import io.wherry.spec.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run without its spec.
 *
 * @param id the store's own key; grows with time, never comes back
 * @param runId what users call it: {@code name-N}
 * @param name its name
 * @param target name of its target
 * @param state state of the run
 * @param reason why it is in this state, may be empty
 * @param priority higher starts first
 * @param created when it was submitted
 * @param started when its program first started, null before
 * @param ended when it reached its final state, null before
 * @param attempt number of its newest attempt, 0 before the first
 * @param cause why it ended, null before or if unknown
 * @param exitCode its exit code, null if there is none
 * @param cancelRequested whether the user has asked for its end
 * @param progress what the program last said, null if nothing
 * @param idempotencyKey its key, null if it has none
 */
public record RunRow(
    long id,
    String runId,
    String name,
    String target,
    RunState state,
    String reason,
    int priority,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant ended,
    int attempt,
    @Nullable Cause cause,
    @Nullable Integer exitCode,
    boolean cancelRequested,
    @Nullable Progress progress,
    @Nullable String idempotencyKey) {}
