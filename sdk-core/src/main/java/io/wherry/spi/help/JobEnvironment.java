package io.wherry.spi.help;

import io.wherry.spec.RunSpec;
import io.wherry.spec.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Environment variables by which a program learns about its run; those of single ranks are the
 * {@link JobFile}'s.
 */
public final class JobEnvironment {

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

  /** Variables that no shell lets anybody set; the rules for all targets are core's. */
  public static List<Violation> violations(RunSpec spec) {
    List<Violation> violations = new ArrayList<>();
    keepOut("env", spec.env().keySet(), violations);
    keepOut("secret", spec.secrets().keySet(), violations);
    return violations;
  }

  private static void keepOut(String path, Set<String> variables, List<Violation> violations) {
    for (String variable : variables) {
      if (READ_ONLY.contains(variable)) {
        violations.add(
            new Violation(
                path + "." + variable,
                variable,
                "shells keep this variable for themselves",
                "choose another name"));
      }
    }
  }
}
