/**
 * What a backend implements and what core gives it. A backend does the last centimetre to its
 * engine; everything that two backends would both need is core's work or lies in {@code
 * io.wherry.spi.help}. All verbs block, are bounded by {@link
 * io.wherry.spi.BackendContext#timeout()} and may be called from several threads at once unless a
 * type says otherwise. {@code docs/spi.md} maps each verb to the native call of each engine.
 */
@NullMarked
package io.wherry.spi;

import org.jspecify.annotations.NullMarked;
