/**
 * What a workspace remembers, in one SQLite file: every change goes through one writer thread that
 * commits in groups, reading happens beside it. {@link io.wherry.internal.store.Store} is the door.
 */
@NullMarked
package io.wherry.internal.store;

import org.jspecify.annotations.NullMarked;
