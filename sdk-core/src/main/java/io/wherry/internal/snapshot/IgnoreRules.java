package io.wherry.internal.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the ignore files of a folder and of the folders above it leave out, in git's own syntax and
 * order: the deepest file decides first, in a file the last matching line. A folder that is left
 * out is never looked into, so that nothing below it can come back; the caller sees to that.
 */
final class IgnoreRules {
  /** The name of an ignore file. */
  static final String FILE_NAME = ".wherryignore";

  private record Rule(Glob glob, boolean keeps, boolean folderOnly, boolean nameOnly) {}

  private final @Nullable IgnoreRules parent;
  private final int base;
  private final List<Rule> rules = new ArrayList<>();

  /**
   * Reads an ignore file.
   *
   * @param content its bytes
   * @param folder path of its folder below the root, empty or ending with a slash
   * @param parent the rules of the folders above, if there are any
   */
  IgnoreRules(byte[] content, String folder, @Nullable IgnoreRules parent) {
    this.parent = parent;
    this.base = bytewise(folder).length();
    String text = new String(content, ISO_8859_1);
    if (text.startsWith("\u00ef\u00bb\u00bf")) {
      text = text.substring(3);
    }
    for (String line : text.split("\n", -1)) {
      add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    }
  }

  /**
   * Whether a file or folder is left out.
   *
   * @param path its path below the root, without a slash at the end
   */
  boolean ignores(String path, boolean folder) {
    String text = bytewise(path);
    int name = text.lastIndexOf('/') + 1;
    for (IgnoreRules file = this; file != null; file = file.parent) {
      for (int i = file.rules.size() - 1; i >= 0; i--) {
        Rule rule = file.rules.get(i);
        if ((folder || !rule.folderOnly)
            && rule.glob.matches(text, rule.nameOnly ? name : file.base)) {
          return !rule.keeps;
        }
      }
    }
    return false;
  }

  private void add(String line) {
    if (line.startsWith("#")) {
      return;
    }
    String pattern = withoutTrailingSpaces(line);
    boolean keeps = pattern.startsWith("!");
    if (keeps) {
      pattern = pattern.substring(1);
    }
    boolean folderOnly = pattern.endsWith("/");
    if (folderOnly) {
      pattern = pattern.substring(0, pattern.length() - 1);
    }
    boolean nameOnly = pattern.indexOf('/') < 0;
    if (pattern.startsWith("/")) {
      pattern = pattern.substring(1);
    }
    if (!pattern.isEmpty()) {
      rules.add(new Rule(new Glob(pattern, !nameOnly), keeps, folderOnly, nameOnly));
    }
  }

  private static String withoutTrailingSpaces(String line) {
    int end = 0; // behind the last character that is not a bare space
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '\\') {
        i++;
        end = i + 1;
      } else if (line.charAt(i) != ' ') {
        end = i + 1;
      }
    }
    return line.substring(0, Math.min(end, line.length()));
  }

  private static String bytewise(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
      }
    }
    return text;
  }
}
