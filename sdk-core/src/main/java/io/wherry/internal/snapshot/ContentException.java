package io.wherry.internal.snapshot;

import io.wherry.spec.Violation;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Content that the user named cannot be frozen; carries everything that is wrong with it at once.
 */
public final class ContentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // violations are never sent through Java serialization
  private final List<Violation> violations;

  /** Makes an exception of at least one violation. */
  public ContentException(List<Violation> violations) {
    super(violations.stream().map(Violation::toString).collect(Collectors.joining("\n")));
    this.violations = List.copyOf(violations);
  }

  /** Makes an exception of one violation. */
  public ContentException(Violation violation) {
    this(List.of(violation));
  }

  /** Everything that is wrong, in the order of its paths. */
  public List<Violation> violations() {
    return violations;
  }
}
