package io.wherry.spec;

import java.util.List;
import java.util.stream.Collectors;

/** A spec was refused; nothing was uploaded or started. Carries all violations at once. */
public final class SpecException extends WherryException {
  private static final long serialVersionUID = 1L;

  private final transient List<Violation> violations;

  /**
   * Makes an exception.
   *
   * @param subject what was refused, for example {@code run "penguins" on local}
   */
  public SpecException(String subject, List<Violation> violations) {
    super(Code.INVALID_SPEC, message(subject, violations));
    this.violations = List.copyOf(violations);
  }

  /** Everything that is wrong, in order of the spec. */
  public List<Violation> violations() {
    return violations;
  }

  private static String message(String subject, List<Violation> violations) {
    return violations.stream()
        .map(v -> "\n  " + v)
        .collect(Collectors.joining("", subject + " was refused; nothing was started", ""));
  }
}
