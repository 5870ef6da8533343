/** The facade: a workspace holds targets, runs and their data. */
@NullMarked
package io.wherry;

import org.jspecify.annotations.NullMarked;
