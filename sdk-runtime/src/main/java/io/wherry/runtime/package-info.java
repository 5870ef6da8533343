/** What a program uses inside a run. */
@NullMarked
package io.wherry.runtime;

import org.jspecify.annotations.NullMarked;
