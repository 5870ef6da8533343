/** Refuses what cannot work before anything is uploaded or started. */
@NullMarked
package io.wherry.internal.check;

import org.jspecify.annotations.NullMarked;
