package io.wherry.internal.check;

import io.wherry.spec.Program;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules that hold for a run on any target. */
public final class SpecCheck {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final int MAX_TEXT = 64 * 1024;

  private final List<Violation> violations = new ArrayList<>();

  private SpecCheck() {}

  /** Everything that is wrong with the spec itself; empty if nothing. No I/O. */
  public static List<Violation> violations(RunSpec spec) {
    SpecCheck check = new SpecCheck();
    check.run(spec);
    return check.violations;
  }

  /** Whether a name may be that of a run, target, input, output or data set. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  private void run(RunSpec spec) {
    name("name", spec.name());
    if (spec.program() instanceof Program.Command command) {
      if (command.argv().isEmpty() || command.argv().get(0).isBlank()) {
        add(
            "command",
            "",
            "there is nothing to start",
            "name a program: command(\"python3\", \"train.py\")");
      }
      command.argv().forEach(word -> noNul("command", word));
    }
    ioNames("input", spec.inputs().keySet());
    ioNames("output", spec.outputs());
    distinctVariables("param", spec.params().keySet());
    spec.params().forEach((k, v) -> text("param." + k, k, v));
    spec.tags().forEach((k, v) -> text("tag." + k, k, v));
    spec.options().forEach((k, v) -> text("option." + k, k, v));
    spec.env().forEach((k, v) -> variable("env." + k, k, v));
    spec.secrets().forEach((k, v) -> variable("secret." + k, k, v.reference()));
    for (String both : spec.secrets().keySet()) {
      if (spec.env().containsKey(both)) {
        add("secret." + both, "(secret)", "env has the same variable", "keep one of the two");
      }
    }
    atLeast("resources.cpus", spec.resources().cpus(), 1);
    atLeast("resources.memory", spec.resources().memory(), 0);
    atLeast("resources.memoryLimit", spec.resources().memoryLimit(), 0);
    atLeast("resources.gpus", spec.resources().gpus(), 0);
    atLeast("nodes", spec.nodes(), 1);
    atLeast("processesPerNode", spec.processesPerNode(), 1);
    atLeast("retry.attempts", spec.retry().attempts(), 1);
    int gpus = spec.resources().gpus();
    if (gpus > 0 && spec.processesPerNode() > 1 && gpus % spec.processesPerNode() != 0) {
      add(
          "resources.gpus",
          Integer.toString(gpus),
          "GPUs are split evenly between the " + spec.processesPerNode() + " processes of a node",
          "ask for a multiple of " + spec.processesPerNode());
    }
    positive("timeLimit", spec.timeLimit());
    positive("startTimeout", spec.startTimeout());
    if (spec.grace().isNegative()) {
      add(
          "grace",
          Durations.format(spec.grace()),
          "a duration cannot be negative",
          "use Duration.ZERO or more");
    }
  }

  private void name(String path, String name) {
    if (!isName(name)) {
      add(
          path,
          quoted(name),
          "1 to 63 letters, digits, '.', '_' and '-', beginning and ending with a letter or digit",
          "choose such a name");
    }
  }

  private void ioNames(String path, Collection<String> names) {
    names.forEach(n -> name(path + "." + printable(n), n));
    distinctVariables(path, names);
  }

  /** Names become environment variables, where case and punctuation are lost. */
  private void distinctVariables(String path, Collection<String> names) {
    Map<String, String> seen = new HashMap<>();
    for (String name : names) {
      String other = seen.putIfAbsent(variableName(name), name);
      if (other != null) {
        add(
            path + "." + printable(name),
            quoted(name),
            "gives the same environment variable as \"" + other + "\"",
            "rename one of the two");
      }
    }
  }

  /**
   * The part of an environment variable that a name becomes: {@code val-loss} gives {@code
   * VAL_LOSS}.
   */
  public static String variableName(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  private void variable(String path, String name, String value) {
    if (!VARIABLE.matcher(name).matches()) {
      add(
          path,
          quoted(name),
          "not the name of an environment variable",
          "use letters, digits and '_'");
    } else if (name.startsWith("WHERRY_")) {
      add(
          path,
          quoted(name),
          "variables that begin with WHERRY_ are set by Wherry",
          "choose another name");
    }
    noNul(path, value);
  }

  private void text(String path, String key, String value) {
    if (key.isBlank() || key.chars().anyMatch(Character::isISOControl)) {
      add(path, quoted(key), "a name may not be blank or have control characters", "rename it");
    }
    if (value.length() > MAX_TEXT) {
      add(path, value.length() + " characters", "at most " + MAX_TEXT, "put it into an input file");
    }
    noNul(path, value);
  }

  private void noNul(String path, String value) {
    if (value.indexOf('\0') >= 0) {
      add(path, quoted(value), "a NUL character cannot be passed to a program", "remove it");
    }
  }

  private void atLeast(String path, long value, long least) {
    if (value < least) {
      add(path, Long.toString(value), "at least " + least, "use " + least + " or more");
    }
  }

  private void positive(String path, @Nullable Duration value) {
    if (value != null && (value.isNegative() || value.isZero())) {
      add(path, Durations.format(value), "must be longer than zero", "leave it out for no limit");
    }
  }

  private void add(String path, String value, String rule, String nextStep) {
    violations.add(new Violation(path, value, rule, nextStep));
  }

  private static String quoted(String value) {
    return '"' + printable(value) + '"';
  }

  private static String printable(String value) {
    StringBuilder text = new StringBuilder();
    value
        .codePoints()
        .limit(100)
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                text.append(String.format("\\u%04x", c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.toString();
  }
}
