/** The text form in which specs and other small values are stored. */
@NullMarked
package io.wherry.internal.json;

import org.jspecify.annotations.NullMarked;
