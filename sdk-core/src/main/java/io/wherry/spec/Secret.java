package io.wherry.spec;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A reference to a secret value. Only the reference is ever stored or printed; the value is
 * resolved at launch and reaches the program without passing through an argument list or the
 * engine's listing of a job's environment.
 */
public sealed interface Secret {
  /** The value of an environment variable of this JVM. */
  static Secret env(String variable) {
    return new Env(variable);
  }

  /** The content of a file, without its final line break. */
  static Secret file(String path) {
    return new File(path);
  }

  /**
   * The standard output of a command, without its final line break; run anew whenever the value is
   * needed.
   */
  static Secret command(String... argv) {
    return new Command(List.of(argv));
  }

  /** A value by name from the source given to the workspace builder's {@code secrets(…)}. */
  static Secret named(String name) {
    return new Named(name);
  }

  /**
   * A key that the workspace generates on first use and keeps in an owner-only file outside the
   * database.
   */
  static Secret workspace(String name) {
    return new Generated(name);
  }

  /**
   * Reads the text form again: {@code env:X}, {@code file:/p}, {@code command:prog arg}, {@code
   * named:n}, {@code workspace:n}.
   */
  static Secret parse(String reference) {
    return SecretText.parse(reference);
  }

  /** The text form, the inverse of {@link #parse}. Never the value. */
  String reference();

  /** See {@link Secret#env}. */
  record Env(String variable) implements Secret {
    public Env {
      requireNonNull(variable, "variable");
    }

    @Override
    public String reference() {
      return "env:" + variable;
    }
  }

  /** See {@link Secret#file}. */
  record File(String path) implements Secret {
    public File {
      requireNonNull(path, "path");
    }

    @Override
    public String reference() {
      return "file:" + path;
    }
  }

  /** See {@link Secret#command}. */
  record Command(List<String> argv) implements Secret {
    public Command {
      argv = List.copyOf(argv);
      if (argv.isEmpty()) {
        throw new IllegalArgumentException("a secret's command needs at least the program's name");
      }
    }

    @Override
    public String reference() {
      return "command:" + SecretText.list(argv);
    }
  }

  /** See {@link Secret#named}. */
  record Named(String name) implements Secret {
    public Named {
      requireNonNull(name, "name");
    }

    @Override
    public String reference() {
      return "named:" + name;
    }
  }

  /** See {@link Secret#workspace}. */
  record Generated(String name) implements Secret {
    public Generated {
      requireNonNull(name, "name");
    }

    @Override
    public String reference() {
      return "workspace:" + name;
    }
  }
}
