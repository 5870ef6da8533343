package io.wherry.examples.penguins;

import java.util.List;

/** One complete row of the data: what was measured, and what it is. */
record Penguin(
    String species, double beakLength, double beakDepth, double flipperLength, double bodyMass) {

  /** The order of {@link #features()}, which is also the order of the exported model's input. */
  static final List<String> FEATURES =
      List.of("beak_length_mm", "beak_depth_mm", "flipper_length_mm", "body_mass_g");

  double[] features() {
    return new double[] {beakLength, beakDepth, flipperLength, bodyMass};
  }
}
