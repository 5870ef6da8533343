/**
 * Toolbox for backends: the job wrapper and the layout of the folder in which it runs a workload.
 * Stateless; values are immutable and safe for any thread.
 */
@NullMarked
package io.wherry.spi.help;

import org.jspecify.annotations.NullMarked;
