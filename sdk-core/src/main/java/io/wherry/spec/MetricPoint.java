package io.wherry.spec;

import java.time.Instant;

/**
 * One value of a metric. NaN and infinities are kept.
 *
 * @param step the step that the program named, 0 if none
 * @param time when the program recorded it
 * @param value the value
 */
public record MetricPoint(long step, Instant time, double value) {}
