/** Figures against a baseline, measured in the same run. */
@NullMarked
package io.wherry.benchmarks;

import org.jspecify.annotations.NullMarked;
