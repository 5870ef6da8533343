package io.wherry.spec;

import java.util.ArrayList;
import java.util.List;

/**
 * The text form of a {@link Secret}: a scheme, a colon, the rest; a command's words stand in single
 * quotes where they need it.
 */
final class SecretText {
  private SecretText() {}

  static Secret parse(String reference) {
    int colon = reference.indexOf(':');
    String rest = reference.substring(colon + 1);
    return switch (colon < 0 ? "" : reference.substring(0, colon)) {
      case "env" -> new Secret.Env(rest);
      case "file" -> new Secret.File(rest);
      case "command" -> new Secret.Command(words(rest));
      case "named" -> new Secret.Named(rest);
      case "workspace" -> new Secret.Generated(rest);
      default ->
          throw new IllegalArgumentException(
              "not a secret reference: it must begin with env:, file:, command:, named: or workspace:"
                  + " (a secret's value never belongs into a spec)");
    };
  }

  static String list(List<String> argv) {
    return String.join(" ", argv.stream().map(SecretText::quote).toList());
  }

  private static String quote(String word) {
    boolean plain =
        !word.isEmpty() && word.chars().noneMatch(c -> c <= ' ' || c == '\'' || c == '\\');
    return plain ? word : "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean started = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\' && i + 1 < text.length()) {
        word.append(text.charAt(++i));
      } else if (c == '\'') {
        quoted = !quoted;
        started = true;
      } else if (c == ' ' && !quoted) {
        if (started) {
          words.add(word.toString());
        }
        word.setLength(0);
        started = false;
      } else {
        word.append(c);
        started = true;
      }
    }
    if (started) {
      words.add(word.toString());
    }
    return words;
  }
}
