package io.wherry.internal.check;

import java.time.Duration;
import java.util.Locale;

/** Durations as people read them. */
public final class Durations {
  private Durations() {}

  /** {@code 0.01 s}, {@code 12.3 s}, {@code 5 min}, {@code 2 h 5 min}, {@code 3 d 2 h}. */
  public static String format(Duration duration) {
    if (duration.compareTo(Duration.ofMinutes(1)) < 0) {
      double seconds = duration.toNanos() / 1e9;
      if (seconds == Math.rint(seconds)) {
        return (long) seconds + " s";
      }
      return String.format(Locale.ROOT, seconds < 1 ? "%.2f s" : "%.1f s", seconds);
    }
    long minutes = duration.toMinutes();
    if (minutes < 60) {
      return two(minutes, "min", duration.toSecondsPart(), "s");
    }
    return minutes < 24 * 60
        ? two(duration.toHours(), "h", duration.toMinutesPart(), "min")
        : two(duration.toDays(), "d", duration.toHoursPart(), "h");
  }

  private static String two(long big, String bigUnit, long small, String smallUnit) {
    return small == 0 ? big + " " + bigUnit : big + " " + bigUnit + " " + small + " " + smallUnit;
  }
}
