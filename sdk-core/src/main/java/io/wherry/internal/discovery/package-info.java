/** Finds the backends on the class path without activating any. */
@NullMarked
package io.wherry.internal.discovery;

import org.jspecify.annotations.NullMarked;
