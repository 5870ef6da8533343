package io.wherry;

import io.wherry.spec.Violation;
import java.util.List;

/**
 * What would become of a draft. Making one starts nothing and writes nothing outside the workspace.
 *
 * @param target name and kind of the target
 * @param reasons why it would be refused, all at once; empty if it would be accepted
 * @param alternatives other targets that would accept it
 * @param request what the engine would be told, in its own words; secrets as references
 */
public record Explanation(
    String target, List<Violation> reasons, List<String> alternatives, String request) {
  public Explanation {
    reasons = List.copyOf(reasons);
    alternatives = List.copyOf(alternatives);
  }

  /** Whether {@code submit()} would accept it as things stand. */
  public boolean accepted() {
    return reasons.isEmpty();
  }

  /** The whole explanation as text of several lines. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (accepted()) {
      text.append("accepted by ")
          .append(target)
          .append('\n')
          .append(request.stripTrailing().indent(2));
      return text.toString().stripTrailing();
    }
    text.append("refused by ").append(target).append(": nothing was uploaded\n");
    int width =
        reasons.stream().mapToInt(v -> v.path().length() + v.value().length() + 3).max().orElse(0);
    for (Violation v : reasons) {
      String left = v.path() + " = " + v.value();
      text.append("  ")
          .append(left)
          .append(" ".repeat(Math.max(0, Math.min(width, 60) - left.length())))
          .append("   ")
          .append(v.rule())
          .append("  -> ")
          .append(v.nextStep())
          .append('\n');
    }
    text.append(
        switch (alternatives.size()) {
          case 0 -> "no other target would accept it";
          case 1 -> alternatives.get(0) + " would accept it";
          default ->
              String.join(", ", alternatives.subList(0, alternatives.size() - 1))
                  + " and "
                  + alternatives.get(alternatives.size() - 1)
                  + " would accept it";
        });
    return text.toString();
  }
}
