package io.wherry.spi;

import io.wherry.spec.RunSpec;

/**
 * One attempt of a run as a backend sees it. Content is in the backend's {@link
 * WorkloadBackend#staging()} before {@link LaunchPlan#launch}.
 *
 * @param key its identity
 * @param spec what the user asked for, checked against the target's capabilities
 */
public record Workload(LaunchKey key, RunSpec spec) {}
