package io.wherry.runtime.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Numbers straight from bytes, because a string each would be most of the cost of a point. */
final class Numbers {

  private static final long EXACT = 1L << 53;
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private Numbers() {}

  static boolean isLong(byte[] b, int from, int to) {
    int first = from < to && (b[from] == '-' || b[from] == '+') ? from + 1 : from;
    if (first == to || to - first > 18) {
      return false;
    }
    for (int i = first; i < to; i++) {
      if (b[i] < '0' || b[i] > '9') {
        return false;
      }
    }
    return true;
  }

  /** Returns what {@link #isLong} accepted: at most 18 digits, so it cannot overflow. */
  static long toLong(byte[] b, int from, int to) {
    boolean signed = b[from] == '-' || b[from] == '+';
    long value = 0;
    for (int i = signed ? from + 1 : from; i < to; i++) {
      value = value * 10 + (b[i] - '0');
    }
    return b[from] == '-' ? -value : value;
  }

  static boolean isNan(byte[] b, int from, int to) {
    int first = from < to && (b[from] == '-' || b[from] == '+') ? from + 1 : from;
    return to - first == 3
        && (b[first] | 0x20) == 'n'
        && (b[first + 1] | 0x20) == 'a'
        && (b[first + 2] | 0x20) == 'n';
  }

  /** Returns the nearest double; NaN for NaN and for what is no number. */
  static double toDouble(byte[] b, int from, int to) {
    int i = from;
    boolean negative = i < to && b[i] == '-';
    if (negative || (i < to && b[i] == '+')) {
      i++;
    }
    long digits = 0;
    int count = 0;
    int exponent = 0;
    boolean point = false;
    for (; i < to; i++) {
      byte c = b[i];
      if (c >= '0' && c <= '9') {
        if (digits > EXACT / 10) {
          return slow(b, from, to);
        }
        digits = digits * 10 + (c - '0');
        count++;
        exponent -= point ? 1 : 0;
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (i < to && (b[i] | 0x20) == 'e' && to - i <= 5 && isLong(b, i + 1, to)) {
      exponent += (int) toLong(b, i + 1, to);
      i = to;
    }
    // Both operands are exact in this range, so one rounding gives the nearest double.
    if (i < to || count == 0 || digits > EXACT || exponent < -22 || exponent > 22) {
      return slow(b, from, to);
    }
    double value = exponent < 0 ? digits / POWERS[-exponent] : digits * POWERS[exponent];
    return negative ? -value : value;
  }

  private static double slow(byte[] b, int from, int to) {
    String text = new String(b, from, to - from, StandardCharsets.ISO_8859_1);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
        case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
        default -> Double.NaN;
      };
    }
  }
}
