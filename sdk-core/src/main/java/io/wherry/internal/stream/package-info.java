/** Reads what runs write: log lines and event records. */
@NullMarked
package io.wherry.internal.stream;

import org.jspecify.annotations.NullMarked;
