/**
 * What happens to runs, as small sealed records. Immutable and thread-safe; depends on {@code spec}
 * only.
 */
@NullMarked
package io.wherry.event;

import org.jspecify.annotations.NullMarked;
