package io.wherry.internal.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain values: {@code Map} (in order), {@code List}, {@code String}, {@code Number},
 * {@code Boolean} and null. Stateless.
 *
 * <p>Written by hand because a run's spec is stored on the way of the very first submit, and
 * loading a JSON library there takes longer than everything else that a short program does.
 */
public final class Json {
  private static final int MAX_DEPTH = 200;
  private static final String HEX = "0123456789abcdef";

  private Json() {}

  /**
   * Writes a value on one line. Keys keep the order of their map.
   *
   * @throws IllegalArgumentException for other types, and for numbers that JSON cannot say (NaN,
   *     infinities)
   */
  public static String write(@Nullable Object value) {
    StringBuilder out = new StringBuilder(256);
    write(value, out);
    return out.toString();
  }

  /**
   * Reads one value. Whole numbers become {@link Long} or, where they do not fit, {@link
   * BigInteger}; others {@link BigDecimal}, so that no digit is lost. The last one of equal keys
   * wins.
   *
   * @throws IllegalArgumentException if the text is not JSON; the message tells where
   */
  public static @Nullable Object parse(String text) {
    Parser parser = new Parser(text);
    Object value = parser.value(0);
    parser.end();
    return value;
  }

  private static void write(@Nullable Object value, StringBuilder out) {
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof String text) {
      writeString(text, out);
    } else if (value instanceof Number number) {
      if (number instanceof Double || number instanceof Float) {
        double d = number.doubleValue();
        if (Double.isNaN(d) || Double.isInfinite(d)) {
          throw new IllegalArgumentException("JSON has no " + d);
        }
      }
      out.append(number);
    } else if (value instanceof Map<?, ?> map) {
      char separator = '{';
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator);
        writeString((String) entry.getKey(), out);
        out.append(':');
        write(entry.getValue(), out);
        separator = ',';
      }
      out.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof Iterable<?> items) {
      out.append('[');
      int start = out.length();
      for (Object item : items) {
        if (out.length() > start) {
          out.append(',');
        }
        write(item, out);
      }
      out.append(']');
    } else {
      throw new IllegalArgumentException("JSON has no " + value.getClass().getName());
    }
  }

  private static void writeString(String text, StringBuilder out) {
    out.append('"');
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c == '\t') {
        out.append("\\t");
      } else if (c < ' ' || c == 0x7f || c == 0x2028 || c == 0x2029) {
        escape(c, out);
      } else if (!Character.isSurrogate(c)) {
        out.append(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < length
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        out.append(c).append(text.charAt(++i));
      } else { // half a pair does not survive UTF-8
        escape(c, out);
      }
    }
    out.append('"');
  }

  private static void escape(char c, StringBuilder out) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(HEX.charAt(c >> shift & 0xf));
    }
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    @Nullable Object value(int depth) {
      if (depth > MAX_DEPTH) {
        throw error("fewer than " + MAX_DEPTH + " levels");
      }
      skipBlanks();
      char c = peek();
      return switch (c) {
        case '{' -> object(depth);
        case '[' -> array(depth);
        case '"' -> string();
        case 't' -> word("true", true);
        case 'f' -> word("false", false);
        case 'n' -> word("null", null);
        default -> number();
      };
    }

    void end() {
      skipBlanks();
      if (at < text.length()) {
        throw error("the end");
      }
    }

    private Map<String, @Nullable Object> object(int depth) {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      at++;
      skipBlanks();
      if (peek() == '}') {
        at++;
        return map;
      }
      while (true) {
        skipBlanks();
        if (peek() != '"') {
          throw error("a key in double quotes");
        }
        String key = string();
        skipBlanks();
        if (peek() != ':') {
          throw error("':'");
        }
        at++;
        map.put(key, value(depth + 1));
        if (!more('}')) {
          return map;
        }
      }
    }

    private List<@Nullable Object> array(int depth) {
      List<@Nullable Object> list = new ArrayList<>();
      at++;
      skipBlanks();
      if (peek() == ']') {
        at++;
        return list;
      }
      do {
        list.add(value(depth + 1));
      } while (more(']'));
      return list;
    }

    private boolean more(char end) {
      skipBlanks();
      char c = peek();
      if (c != ',' && c != end) {
        throw error("',' or '" + end + "'");
      }
      at++;
      return c == ',';
    }

    private String string() {
      int start = ++at;
      while (peek() != '"' && peek() != '\\' && peek() >= ' ') {
        at++;
      }
      if (peek() == '"') {
        return text.substring(start, at++);
      }
      StringBuilder out = new StringBuilder(text.length() - start).append(text, start, at);
      while (true) {
        char c = peek();
        if (c < ' ') {
          throw error("the rest of a string");
        }
        at++;
        if (c == '"') {
          return out.toString();
        }
        out.append(c == '\\' ? escaped() : c);
      }
    }

    private char escaped() {
      char c = peek();
      at++;
      return switch (c) {
        case '"', '\\', '/' -> c;
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> unicode();
        default -> {
          at--;
          throw error("an escape");
        }
      };
    }

    private char unicode() {
      int code = 0;
      for (int i = 0; i < 4; i++) {
        char c = peek();
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
          throw error("four hexadecimal digits");
        }
        code = code << 4 | digit;
        at++;
      }
      return (char) code;
    }

    private @Nullable Object word(String word, @Nullable Object value) {
      if (!text.startsWith(word, at)) {
        throw error("a value");
      }
      at += word.length();
      return value;
    }

    private Number number() {
      int start = at;
      if (peek() == '-') {
        at++;
      }
      if (peek() == '0') {
        at++;
      } else {
        digits(start == at ? "a value" : "a digit");
      }
      boolean whole = true;
      if (peek() == '.') {
        whole = false;
        at++;
        digits("a digit");
      }
      if (peek() == 'e' || peek() == 'E') {
        whole = false;
        at++;
        if (peek() == '+' || peek() == '-') {
          at++;
        }
        digits("a digit");
      }
      String number = text.substring(start, at);
      if (!whole) {
        try {
          return new BigDecimal(number);
        } catch (NumberFormatException e) { // an exponent beyond reach
          throw error("a smaller exponent");
        }
      }
      return number.length() <= 18 ? (Number) Long.valueOf(number) : big(new BigInteger(number));
    }

    private static Number big(BigInteger number) {
      return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
    }

    private void digits(String expected) {
      int start = at;
      while (peek() >= '0' && peek() <= '9') {
        at++;
      }
      if (at == start) {
        throw error(expected);
      }
    }

    private void skipBlanks() {
      while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
        at++;
      }
    }

    /** The next character; NUL, which JSON nowhere allows, at the end. */
    private char peek() {
      return at < text.length() ? text.charAt(at) : 0;
    }

    private IllegalArgumentException error(String expected) {
      String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
      return new IllegalArgumentException(
          "not JSON: expected " + expected + " at character " + (at + 1) + ", found " + found);
    }
  }
}
