/**
 * Small programs, one a concept. The first argument of each is the name of the compute target, the
 * second the workspace folder; nothing else differs from target to target.
 */
@NullMarked
package io.wherry.examples;

import org.jspecify.annotations.NullMarked;
