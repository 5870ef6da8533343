/** Runs as processes on this machine. */
@NullMarked
package io.wherry.local;

import org.jspecify.annotations.NullMarked;
