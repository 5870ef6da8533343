package io.wherry.internal.classpath;

import io.wherry.spec.Content;
import java.util.List;

/**
 * A program that can be started anywhere with a plain {@code java -cp}.
 *
 * @param mainClass binary name of the class to start
 * @param entries its class path in order; file names may repeat, so an entry is not to be placed by
 *     its name alone
 */
public record FrozenClassPath(String mainClass, List<Content> entries) {
  public FrozenClassPath {
    entries = List.copyOf(entries);
  }
}
