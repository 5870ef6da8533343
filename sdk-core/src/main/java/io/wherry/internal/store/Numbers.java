package io.wherry.internal.store;

import org.jspecify.annotations.Nullable;

/** When a parameter's or tag's text is a number too. */
final class Numbers {
  private Numbers() {}

  /**
   * The finite number that a text is, or null. Accepts what programs print: 12, -0.5, 1e-4; nothing
   * around it.
   */
  static @Nullable Double ofText(String text) {
    if (text.isEmpty() || text.length() > 40) {
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return null;
      }
    }
    try {
      double number = Double.parseDouble(text);
      return Double.isInfinite(number) ? null : (Double) number;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
