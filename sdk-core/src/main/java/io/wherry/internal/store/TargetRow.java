package io.wherry.internal.store;

import io.wherry.spec.TargetSpec;
import io.wherry.spi.Capabilities;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attached target.
 *
 * @param name its name
 * @param spec how it is reached
 * @param capabilities what it said last, null if it was never asked with success
 * @param probedAt when it was asked last, null if never
 * @param note why it is not available, empty if it is
 */
public record TargetRow(
    String name,
    TargetSpec spec,
    @Nullable Capabilities capabilities,
    @Nullable Instant probedAt,
    String note) {}
