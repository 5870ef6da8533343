package io.wherry.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * One number, what it is compared with, and whether that is good enough.
 *
 * @param name its name
 * @param value what was measured
 * @param unit unit of value and baseline
 * @param baseline what was measured in the same run beside it; {@code budget} where the goal is a
 *     number of its own
 * @param baselineValue what that gave
 * @param goal the goal in words
 * @param met whether it is reached
 */
record Figure(
    String name,
    double value,
    String unit,
    String baseline,
    double baselineValue,
    String goal,
    boolean met) {
  private static final MathContext DIGITS = new MathContext(4);
  private static final String BUDGET = "budget";

  /** The value itself has a limit; the baseline tells how fast the machine is. */
  static Figure valueAtMost(
      String name, double value, String unit, String baseline, double baselineValue, double limit) {
    String goal = "value <= " + number(limit) + " " + unit;
    return new Figure(name, value, unit, baseline, baselineValue, goal, value <= limit);
  }

  /** The value itself has a limit, and nothing is measured beside it. */
  static Figure withinBudget(String name, double value, String unit, double limit) {
    return valueAtMost(name, value, unit, BUDGET, limit, limit);
  }

  /** The value itself has a lower limit, and nothing is measured beside it. */
  static Figure reachesBudget(String name, double value, String unit, double limit) {
    String goal = "value >= " + number(limit) + " " + unit;
    return new Figure(name, value, unit, BUDGET, limit, goal, value >= limit);
  }

  /** At most that many times the baseline. */
  static Figure ratioAtMost(
      String name, double value, String unit, String baseline, double baselineValue, double limit) {
    String goal = "ratio <= " + number(limit);
    boolean met = value <= limit * baselineValue;
    return new Figure(name, value, unit, baseline, baselineValue, goal, met);
  }

  /** At least that many times the baseline. */
  static Figure ratioAtLeast(
      String name, double value, String unit, String baseline, double baselineValue, double limit) {
    String goal = "ratio >= " + number(limit);
    boolean met = value >= limit * baselineValue;
    return new Figure(name, value, unit, baseline, baselineValue, goal, met);
  }

  /** Value through baseline. */
  double ratio() {
    return value / baselineValue;
  }

  /** The figure as one line of JSON. */
  String json() {
    return String.format(
        Locale.ROOT,
        "{\"name\":\"%s\",\"value\":%s,\"unit\":\"%s\",\"baseline\":\"%s\",\"baselineValue\":%s,"
            + "\"ratio\":%s,\"goal\":\"%s\",\"met\":%s}",
        name,
        number(value),
        unit,
        baseline,
        number(baselineValue),
        number(ratio()),
        goal,
        met);
  }

  /** Four digits, as JSON takes it. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "null";
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
