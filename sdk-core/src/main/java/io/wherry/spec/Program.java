package io.wherry.spec;

import java.util.List;

/** What is started. */
public sealed interface Program {
  /**
   * A command.
   *
   * @param argv program and arguments; {@code {name}} of a declared parameter was replaced by its
   *     value
   */
  record Command(List<String> argv) implements Program {
    public Command {
      argv = List.copyOf(argv);
    }
  }

  /**
   * A Java class with a {@code main} method.
   *
   * @param mainClass binary name
   * @param classPath its class path in order, frozen at submit
   * @param jvmOptions options of the JVM, such as {@code -Xmx4g}
   * @param arguments arguments of {@code main}
   */
  record Java(
      String mainClass, List<Content> classPath, List<String> jvmOptions, List<String> arguments)
      implements Program {
    public Java {
      classPath = List.copyOf(classPath);
      jvmOptions = List.copyOf(jvmOptions);
      arguments = List.copyOf(arguments);
    }
  }
}
