package io.wherry.internal.snapshot;

import io.wherry.spec.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong with one piece of content. Thread-safe. */
final class Problems {
  private final String at;
  private final List<Violation> found = new ArrayList<>();

  /**
   * Starts without any.
   *
   * @param at where in the spec the content stands
   */
  Problems(String at) {
    this.at = at;
  }

  synchronized void add(String value, String rule, String nextStep) {
    found.add(new Violation(at, Manifest.escape(value), rule, nextStep));
  }

  void unreadable(String value, Exception e) {
    add(
        value,
        "cannot be read (" + e.getClass().getSimpleName() + ")",
        "make it readable, or leave it out by a line in " + IgnoreRules.FILE_NAME);
  }

  synchronized void throwIfAny() {
    if (!found.isEmpty()) {
      found.sort(Comparator.comparing(Violation::value));
      throw new ContentException(found);
    }
  }
}
