package io.wherry.internal.snapshot;

import java.util.BitSet;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One compiled pattern of an ignore file. Works on bytes (strings here hold one byte a char),
 * because git does: {@code ?} is one byte of UTF-8.
 */
final class Glob {
  private static final byte BYTE = 0;
  private static final byte ANY_BYTE = 1;
  private static final byte SET = 2;

  /** Any run of bytes within one name. */
  private static final byte STAR = 3;

  /** Any run of bytes, slashes included. */
  private static final byte ANYTHING = 4;

  /** Nothing, or any run of bytes that ends with a slash. */
  private static final byte FOLDERS = 5;

  private static final Map<String, IntPredicate> CLASSES =
      Map.ofEntries(
          Map.entry("alnum", c -> letter(c) || digit(c)),
          Map.entry("alpha", Glob::letter),
          Map.entry("blank", c -> c == ' ' || c == '\t'),
          Map.entry("cntrl", c -> c < ' ' || c == 127),
          Map.entry("digit", Glob::digit),
          Map.entry("graph", c -> c > ' ' && c < 127),
          Map.entry("lower", c -> c >= 'a' && c <= 'z'),
          Map.entry("print", c -> c >= ' ' && c < 127),
          Map.entry("punct", c -> c > ' ' && c < 127 && !letter(c) && !digit(c)),
          Map.entry("space", c -> c == ' ' || (c >= '\t' && c <= '\r')),
          Map.entry("upper", c -> c >= 'A' && c <= 'Z'),
          Map.entry("xdigit", c -> digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));

  private final String pattern;
  private final byte[] kinds;
  private final char[] bytes;
  private final @Nullable BitSet[] sets;
  private int length;
  private boolean impossible;

  /**
   * Compiles a pattern without its leading and trailing slash.
   *
   * @param path whether the pattern is matched against a path ({@code **} is special) and not only
   *     a name
   */
  Glob(String pattern, boolean path) {
    this.pattern = pattern;
    kinds = new byte[pattern.length()];
    bytes = new char[pattern.length()];
    sets = new BitSet[pattern.length()];
    // git compares the part before the first special character by itself, so that a `**` behind it
    // counts as standing at
    // the beginning
    int plain = 0;
    while (plain < pattern.length() && "*?[\\".indexOf(pattern.charAt(plain)) < 0) {
      plain++;
    }
    for (int i = 0; i < pattern.length() && !impossible; ) {
      char c = pattern.charAt(i);
      switch (c) {
        case '\\' -> {
          impossible = i + 1 == pattern.length();
          if (!impossible) {
            add(BYTE, pattern.charAt(i + 1), null);
          }
          i += 2;
        }
        case '?' -> {
          add(ANY_BYTE, c, null);
          i++;
        }
        case '*' -> i = stars(i, path, plain);
        case '[' -> i = set(i);
        default -> {
          add(BYTE, c, null);
          i++;
        }
      }
    }
  }

  /** Whether the text from an index on matches as a whole. */
  boolean matches(String text, int from) {
    if (impossible) {
      return false;
    }
    int end = text.length();
    int p = 0;
    int t = from;
    // where to go on when bytes differ: the last star may take one more byte, else the last `**`
    // may
    int star = -1;
    int starEnd = 0;
    int wide = -1;
    int wideEnd = 0;
    while (p < length || t < end) {
      byte kind = p < length ? kinds[p] : -1;
      if (kind == STAR) {
        star = p++;
        starEnd = t;
      } else if (kind == ANYTHING || kind == FOLDERS) {
        wide = p++;
        wideEnd = t;
        star = -1;
      } else if (kind >= 0 && t < end && accepts(p, text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0 && starEnd < end && text.charAt(starEnd) != '/') {
        t = ++starEnd;
        p = star + 1;
      } else if (wide >= 0 && wideEnd < end) {
        if (kinds[wide] == FOLDERS) {
          wideEnd = text.indexOf('/', wideEnd) + 1;
          if (wideEnd == 0) {
            return false;
          }
        } else {
          wideEnd++;
        }
        t = wideEnd;
        p = wide + 1;
        star = -1;
      } else {
        return false;
      }
    }
    return true;
  }

  private boolean accepts(int p, char c) {
    BitSet set = sets[p];
    return set == null ? kinds[p] == BYTE ? bytes[p] == c : c != '/' : set.get(c);
  }

  private void add(byte kind, char c, @Nullable BitSet set) {
    kinds[length] = kind;
    bytes[length] = c;
    sets[length++] = set;
  }

  private int stars(int start, boolean path, int plain) {
    int i = start;
    while (i < pattern.length() && pattern.charAt(i) == '*') {
      i++;
    }
    String rest = pattern.substring(i);
    boolean wide =
        path
            && i - start > 1
            && (start == plain || pattern.charAt(start - 1) == '/')
            && (rest.isEmpty() || rest.startsWith("/") || rest.startsWith("\\/"));
    if (wide && rest.startsWith("/")) {
      add(FOLDERS, '*', null);
      return i + 1;
    }
    add(wide ? ANYTHING : STAR, '*', null);
    return i;
  }

  /**
   * Compiles {@code […]}; a set that never closes makes the whole pattern impossible, as in git.
   */
  private int set(int start) {
    BitSet set = new BitSet(256);
    int i = start + 1;
    boolean negated = at(i) == '!' || at(i) == '^';
    if (negated) {
      i++;
    }
    int previous = 0;
    for (boolean first = true; first || at(i) != ']'; first = false) {
      int c = at(i);
      if (c == '-' && previous > 0 && at(i + 1) > 0 && at(i + 1) != ']') {
        c = at(++i);
        if (c == '\\') {
          c = at(++i);
        }
        if (c > 0 && previous <= c) {
          set.set(previous, c + 1);
        }
        previous = 0;
        i++;
      } else if (c == '['
          && at(i + 1) == ':'
          && pattern.indexOf(']', i + 2) > i + 2
          && at(pattern.indexOf(']', i + 2) - 1) == ':') {
        int close = pattern.indexOf(']', i + 2);
        IntPredicate named = CLASSES.get(pattern.substring(i + 2, close - 1));
        impossible |= named == null;
        for (int b = 0; named != null && b < 256; b++) {
          if (named.test(b)) {
            set.set(b);
          }
        }
        previous = 0;
        i = close + 1;
      } else {
        if (c == '\\') {
          c = at(++i);
        }
        if (c > 0) {
          set.set(c);
        }
        previous = c;
        i++;
      }
      if (c <= 0) {
        impossible = true;
        return pattern.length();
      }
    }
    if (negated) {
      set.flip(0, 256);
    }
    set.clear('/');
    add(SET, '[', set);
    return i + 1;
  }

  /** The byte at an index, 0 behind the end. */
  private int at(int i) {
    return i < pattern.length() ? pattern.charAt(i) : 0;
  }

  private static boolean letter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }
}
