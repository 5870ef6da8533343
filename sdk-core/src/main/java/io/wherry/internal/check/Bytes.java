package io.wherry.internal.check;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts of bytes as people write them: {@code 512MiB}, {@code 8 GiB}, {@code 1.5GB}, {@code
 * 4096}.
 */
public final class Bytes {
  private static final Pattern FORM =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(?:([KMGT])(i?)B?|B)?", Pattern.CASE_INSENSITIVE);

  private Bytes() {}

  /**
   * Reads an amount.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static long parse(String text) {
    Matcher m = FORM.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "not an amount of bytes: \"" + text + "\"; write it like 512MiB, 8GiB or 1.5GB");
    }
    double factor = 1;
    if (m.group(2) != null) {
      int power = "KMGT".indexOf(m.group(2).toUpperCase(Locale.ROOT)) + 1;
      factor = Math.pow(m.group(3).isEmpty() ? 1000 : 1024, power);
    }
    return (long) (Double.parseDouble(m.group(1)) * factor);
  }

  /**
   * The shortest exact-looking form with a binary unit: {@code 8 GiB}, {@code 1.5 MiB}, {@code 100
   * B}.
   */
  public static String format(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    String number =
        value == Math.rint(value)
            ? Long.toString((long) value)
            : String.format(Locale.ROOT, "%.1f", value);
    return number + " " + units[unit];
  }
}
