/** The backend contract, fakes and the simulated target. */
@NullMarked
package io.wherry.testkit;

import org.jspecify.annotations.NullMarked;
