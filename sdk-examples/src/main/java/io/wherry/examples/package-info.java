/** Small programs, one a concept. */
@NullMarked
package io.wherry.examples;

import org.jspecify.annotations.NullMarked;
