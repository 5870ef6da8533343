/**
 * Kills clients with SIGKILL, at random instants and at every named step, and looks for anything
 * lost or done twice.
 */
@NullMarked
package io.wherry.benchmarks.drill;

import org.jspecify.annotations.NullMarked;
