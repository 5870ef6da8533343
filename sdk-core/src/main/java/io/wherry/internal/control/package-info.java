/**
 * The controller: brings every run from its first state to its verdict, whatever dies in between.
 */
@NullMarked
package io.wherry.internal.control;

import org.jspecify.annotations.NullMarked;
