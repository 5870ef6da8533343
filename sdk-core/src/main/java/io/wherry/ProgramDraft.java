package io.wherry;

import java.nio.file.Path;
import java.util.List;

/** What a {@link RunDraft} was told to start. */
sealed interface ProgramDraft {
  record OfCommand(List<String> argv) implements ProgramDraft {}

  record OfClass(Class<?> mainClass, List<String> arguments) implements ProgramDraft {}

  record OfJar(Path jar, List<String> arguments) implements ProgramDraft {}
}
