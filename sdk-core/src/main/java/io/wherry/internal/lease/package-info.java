/** The right to observe a workspace: one holder at a time. */
@NullMarked
package io.wherry.internal.lease;

import org.jspecify.annotations.NullMarked;
