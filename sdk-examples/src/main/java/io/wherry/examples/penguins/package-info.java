/** The main job: a classifier of penguins, trained on real data on whatever target is named. */
@NullMarked
package io.wherry.examples.penguins;

import org.jspecify.annotations.NullMarked;
