package io.wherry.internal.store;

import io.wherry.spec.Cause;
import io.wherry.spec.RunState;
import io.wherry.spi.WorkloadHandle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a run.
 *
 * @param run key of its run
 * @param no its number, from 1
 * @param state its state
 * @param reason why it is in this state, may be empty
 * @param handle its workload, null before the launch is known to have happened
 * @param restart how often the engine restarted it
 * @param cause why it ended, null before or if unknown
 * @param exitCode its exit code, null if there is none
 * @param rank rank whose process decided
 * @param created when it was made
 * @param started when its program started, null before
 * @param ended when it ended, null before
 * @param released whether its traces on the target are gone
 */
public record AttemptRow(
    long run,
    int no,
    RunState state,
    String reason,
    @Nullable WorkloadHandle handle,
    int restart,
    @Nullable Cause cause,
    @Nullable Integer exitCode,
    int rank,
    Instant created,
    @Nullable Instant started,
    @Nullable Instant ended,
    boolean released) {}
