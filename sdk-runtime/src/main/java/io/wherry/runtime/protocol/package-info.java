/**
 * The contract between a run and the job wrapper around it: environment variables and the events
 * file. User code has no need of it; the SDK's reading side and other writers have.
 */
@NullMarked
package io.wherry.runtime.protocol;

import org.jspecify.annotations.NullMarked;
