package io.wherry.examples.penguins;

import java.util.List;

/**
 * How good predictions are.
 *
 * @param loss mean of {@code -ln(probability of the right species)}
 * @param accuracy share of rows whose most probable species is the right one
 */
record Score(double loss, double accuracy) {
  /**
   * Compares predictions with the truth.
   *
   * @param labels the species in the order of each row of {@code probabilities}
   */
  static Score of(List<String> labels, List<Penguin> truth, List<double[]> probabilities) {
    double loss = 0;
    int right = 0;
    for (int i = 0; i < truth.size(); i++) {
      double[] p = probabilities.get(i);
      int species = labels.indexOf(truth.get(i).species());
      loss -= Math.log(Math.max(p[species], Double.MIN_NORMAL));
      right += best(p) == species ? 1 : 0;
    }
    return new Score(loss / truth.size(), (double) right / truth.size());
  }

  private static int best(double[] probabilities) {
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return best;
  }
}
