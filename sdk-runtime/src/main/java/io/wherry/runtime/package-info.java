/**
 * What user code inside a run uses: {@link io.wherry.runtime.RunContext}. Everything here is
 * thread-safe, needs nothing but {@code java.base}, and also works outside a run.
 */
@NullMarked
package io.wherry.runtime;

import org.jspecify.annotations.NullMarked;
