/** Resolves references to secrets. */
@NullMarked
package io.wherry.internal.secret;

import org.jspecify.annotations.NullMarked;
