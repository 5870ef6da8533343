package io.wherry.spi.help;

import io.wherry.spec.RunSpec;
import io.wherry.spec.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Environment variables by which a program learns about its run; those of single ranks are the
 * {@link JobFile}'s.
 */
public final class JobEnvironment {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Variables that some shells keep for themselves and refuse to set. */
  private static final Set<String> READ_ONLY =
      Set.of("PPID", "UID", "EUID", "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO");

  private JobEnvironment() {}

  /** {@code learning-rate} becomes {@code LEARNING_RATE}. */
  public static String variable(String name) {
    StringBuilder out = new StringBuilder(name.toUpperCase(Locale.ROOT));
    for (int i = 0; i < out.length(); i++) {
      char c = out.charAt(i);
      if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) {
        out.setCharAt(i, '_');
      }
    }
    return out.toString();
  }

  /** Parameters as variables. */
  public static Map<String, String> params(RunSpec spec) {
    Map<String, String> variables = new LinkedHashMap<>();
    spec.params().forEach((name, value) -> variables.put("WHERRY_PARAM_" + variable(name), value));
    return variables;
  }

  /**
   * What can't be passed on: names that no shell takes, and names that become equal as variables.
   */
  public static List<Violation> violations(RunSpec spec) {
    List<Violation> violations = new ArrayList<>();
    BiConsumer<String, String> name =
        (path, variable) -> {
          if (!NAME.matcher(variable).matches()) {
            violations.add(
                new Violation(
                    path,
                    variable,
                    "an environment variable's name has letters, digits and _ and begins with no"
                        + " digit",
                    "choose another name"));
          } else if (READ_ONLY.contains(variable)) {
            violations.add(
                new Violation(
                    path,
                    variable,
                    "shells keep this variable for themselves",
                    "choose another name"));
          }
        };
    spec.env().keySet().forEach(v -> name.accept("env." + v, v));
    spec.secrets().keySet().forEach(v -> name.accept("secrets." + v, v));
    collisions("params", spec.params().keySet(), violations);
    collisions("inputs", spec.inputs().keySet(), violations);
    collisions("outputs", spec.outputs(), violations);
    return violations;
  }

  private static void collisions(String path, Set<String> names, List<Violation> violations) {
    Map<String, String> first = new HashMap<>();
    for (String name : names) {
      String other = first.putIfAbsent(variable(name), name);
      if (other != null) {
        violations.add(
            new Violation(
                path + "." + name,
                name,
                "becomes the same environment variable as " + other + " (…_" + variable(name) + ")",
                "rename one of them"));
      }
    }
  }
}
