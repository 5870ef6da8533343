/** Workspaces on the local target, through the facade: real processes, real files. */
@NullMarked
package io.wherry.local.workspace;

import org.jspecify.annotations.NullMarked;
