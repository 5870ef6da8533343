package io.wherry.internal.store;

import io.wherry.internal.store.SearchFilter.Field;
import io.wherry.internal.store.SearchFilter.Kind;
import io.wherry.internal.store.SearchFilter.Op;
import io.wherry.spec.RunState;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads searches.
 *
 * <pre>
 * search     = [ or ]
 * or         = and { "or" and }
 * and        = not { "and" not }
 * not        = "not" not | "(" or ")" | comparison
 * comparison = field op value | field [ "not" ] ( "like" | "ilike" ) text | field [ "not" ] "in" "(" value { "," value } ")"
 * op         = "=" | "==" | "!=" | "&lt;&gt;" | "&lt;" | "&lt;=" | "&gt;" | "&gt;="
 * field      = "state" | "name" | … | ( "tags" | "params" | "metrics" ) "." key
 * key        = letters, digits, "_", "-", "/", "." | "…" | `…`
 * value      = '…' | "…" | number | "nan" | "inf"
 * </pre>
 */
final class SearchParser {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_TESTS = 200;
  private static final String EXAMPLE =
      "write for example tags.team = 'birds' and metrics.accuracy > 0.9";
  private static final String OPS = "a comparison: = != < <= > >= like ilike in";
  private static final String FIELDS =
      "a field: tags.KEY, params.KEY, metrics.KEY, state, name, id, target, created, started,"
          + " ended, cause, exitCode or priority";

  private final String text;
  private int depth;
  private int tests;

  // the token at hand
  private Token token = Token.END;
  private int start;
  private int next;
  private String word = "";
  private @Nullable String key;

  private enum Token {
    /** A bare word; a field's quoted key lies in {@code key}. */
    WORD,
    /** Text in single quotes. */
    TEXT,
    /** Text in double quotes or backticks. */
    QUOTED,
    NUMBER,
    OP,
    OPEN,
    CLOSE,
    COMMA,
    END
  }

  /** What the runs are ordered by. */
  record Order(@Nullable Field field, boolean descending) {}

  private SearchParser(String text) {
    this.text = text;
  }

  static SearchFilter parse(String query) {
    SearchParser parser = new SearchParser(query);
    parser.advance();
    if (parser.token == Token.END) {
      return new SearchFilter.And(List.of());
    }
    SearchFilter filter = parser.or();
    if (parser.token != Token.END) {
      throw parser.error("'and', 'or' or the end");
    }
    return filter;
  }

  static Order parseOrder(String text) {
    SearchParser parser = new SearchParser(text);
    parser.advance();
    if (parser.token == Token.END) {
      return new Order(null, true);
    }
    int fieldStart = parser.start;
    Field field = parser.field();
    if (field.kind() != Kind.METRICS && field.kind() != Kind.CREATED && field.kind() != Kind.NAME) {
      throw parser.error(
          fieldStart,
          "metrics.KEY, created or name",
          "order by one of these, or sort the list that you get");
    }
    boolean descending = parser.isWord("desc");
    if (descending || parser.isWord("asc")) {
      parser.advance();
    }
    if (parser.token != Token.END) {
      throw parser.error("'asc', 'desc' or the end");
    }
    return new Order(field, descending);
  }

  private SearchFilter or() {
    if (++depth > MAX_DEPTH) {
      throw error("fewer than " + MAX_DEPTH + " levels of parentheses");
    }
    List<SearchFilter> parts = new ArrayList<>();
    parts.add(and());
    while (isWord("or")) {
      advance();
      parts.add(and());
    }
    depth--;
    return parts.size() == 1 ? parts.get(0) : new SearchFilter.Or(parts);
  }

  private SearchFilter and() {
    List<SearchFilter> parts = new ArrayList<>();
    parts.add(not());
    while (isWord("and")) {
      advance();
      parts.add(not());
    }
    return parts.size() == 1 ? parts.get(0) : new SearchFilter.And(parts);
  }

  private SearchFilter not() {
    boolean negated = false;
    while (isWord("not")) {
      negated = !negated;
      advance();
    }
    SearchFilter part;
    if (token == Token.OPEN) {
      advance();
      part = or();
      expect(Token.CLOSE, "')', 'and' or 'or'");
    } else {
      part = comparison();
    }
    return negated ? new SearchFilter.Not(part) : part;
  }

  private SearchFilter comparison() {
    if (++tests > MAX_TESTS) {
      throw error("at most " + MAX_TESTS + " comparisons");
    }
    Field field = field();
    boolean negated = isWord("not");
    if (negated) {
      advance();
    }
    Op op = op(negated);
    int opStart = start;
    advance();
    List<Object> values = new ArrayList<>();
    if (op == Op.IN) {
      expect(Token.OPEN, "'(' and a list of values");
      values.add(value(field, op));
      while (token == Token.COMMA) {
        advance();
        values.add(value(field, op));
      }
      expect(Token.CLOSE, "',' or ')'");
    } else {
      values.add(value(field, op));
    }
    if (field.kind() == Kind.STATE && op != Op.EQ && op != Op.NE && op != Op.IN) {
      throw error(
          opStart, "= != or in after state", "name the states: state in ('FAILED', 'LOST')");
    }
    SearchFilter.Test test = new SearchFilter.Test(field, op, List.copyOf(values));
    return negated ? new SearchFilter.Not(test) : test;
  }

  private Field field() {
    if (token != Token.WORD) {
      throw error(FIELDS);
    }
    int dot = word.indexOf('.');
    String head = (dot < 0 ? word : word.substring(0, dot)).toLowerCase(Locale.ROOT);
    Kind kind = kind(head);
    if (kind == null || (!kind.isKeyed() && dot >= 0)) {
      throw error(FIELDS);
    }
    String name = key != null ? key : dot < 0 ? "" : word.substring(dot + 1);
    if (kind.isKeyed() && name.isEmpty()) {
      throw error(
          next,
          "a key after " + kind.word() + ", as in " + kind.word() + ".KEY",
          "put a key with blanks or signs into double quotes: " + kind.word() + ".\"val loss\"");
    }
    advance();
    return new Field(kind, kind.isKeyed() ? name : null);
  }

  private static @Nullable Kind kind(String word) {
    for (Kind kind : Kind.values()) {
      if (kind.word().equalsIgnoreCase(word)) {
        return kind;
      }
    }
    return switch (word) {
      case "tag" -> Kind.TAGS;
      case "param", "parameter", "parameters" -> Kind.PARAMS;
      case "metric" -> Kind.METRICS;
      default -> null;
    };
  }

  private Op op(boolean negated) {
    if (token == Token.WORD) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "like" -> Op.LIKE;
        case "ilike" -> Op.ILIKE;
        case "in" -> Op.IN;
        default -> throw error(negated ? "like, ilike or in" : OPS);
      };
    }
    if (token != Token.OP || negated) {
      throw error(negated ? "like, ilike or in" : OPS);
    }
    return switch (word) {
      case "=", "==" -> Op.EQ;
      case "!=", "<>" -> Op.NE;
      case "<" -> Op.LT;
      case "<=" -> Op.LE;
      case ">" -> Op.GT;
      case ">=" -> Op.GE;
      default -> throw error(OPS);
    };
  }

  private Object value(Field field, Op op) {
    Object literal = literal(field);
    int literalStart = start;
    SearchFilter.Type type = field.kind().type;
    Object value;
    if (op == Op.LIKE || op == Op.ILIKE) {
      boolean text = type == SearchFilter.Type.TEXT || type == SearchFilter.Type.TEXT_OR_NUMBER;
      if (!text || !(literal instanceof String)) {
        throw error(
            literalStart,
            "a text in quotes that is compared with a text field",
            "use like with tags, params, name, id, target and cause");
      }
      value = literal;
    } else {
      value =
          switch (type) {
            case TEXT -> {
              if (!(literal instanceof String name)) {
                throw error(
                    literalStart, "a text in quotes", "write " + field + " = '" + word + "'");
              }
              yield field.kind() == Kind.CAUSE ? name.toUpperCase(Locale.ROOT) : name;
            }
            case NUMBER -> {
              if (!(literal instanceof Double)) {
                throw error(literalStart, "a number", "write it without quotes");
              }
              yield literal;
            }
            case TEXT_OR_NUMBER -> literal;
            case TIME -> time(literal, literalStart);
            case STATE -> state(literal, literalStart);
          };
    }
    advance();
    return value;
  }

  private Object literal(Field field) {
    if (token == Token.TEXT || token == Token.QUOTED) {
      return word;
    }
    if (token == Token.NUMBER) {
      Double number = Numbers.ofText(word);
      if (number == null) {
        throw error("a number such as 12, -0.5 or 1e-4");
      }
      return number;
    }
    if (token == Token.WORD && field.kind() == Kind.METRICS) {
      Double special = special(word);
      if (special != null) {
        return special;
      }
    }
    throw error(
        start,
        field.kind().type == SearchFilter.Type.NUMBER
            ? "a number"
            : "a text in single quotes or a number",
        token == Token.WORD ? "put it into quotes: '" + word + "'" : EXAMPLE);
  }

  private static @Nullable Double special(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "infinity", "+inf", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> null;
    };
  }

  private Object time(Object literal, int at) {
    if (literal instanceof String time) {
      try {
        if (time.length() <= 10) {
          return LocalDate.parse(time).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
        }
        if (time.endsWith("Z")) {
          return Instant.parse(time).toEpochMilli();
        }
        boolean offset = time.lastIndexOf('+') > 10 || time.lastIndexOf('-') > 10;
        return offset
            ? OffsetDateTime.parse(time).toInstant().toEpochMilli()
            : LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli();
      } catch (DateTimeException | ArithmeticException e) {
        // told below
      }
    }
    throw error(
        at,
        "a time in quotes",
        "write '2026-11-01' or '2026-11-01T08:30:00Z'; without a zone it is UTC");
  }

  private Object state(Object literal, int at) {
    for (RunState state : RunState.values()) {
      if (literal instanceof String name && state.name().equalsIgnoreCase(name)) {
        return (long) StateNumber.of(state);
      }
    }
    throw error(at, "a state in quotes", "use one of " + List.of(RunState.values()));
  }

  private boolean isWord(String expected) {
    return token == Token.WORD && key == null && word.equalsIgnoreCase(expected);
  }

  private void expect(Token expected, String words) {
    if (token != expected) {
      throw error(words);
    }
    advance();
  }

  private void advance() {
    int at = next;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    start = at;
    key = null;
    word = "";
    if (at == text.length()) {
      token = Token.END;
      next = at;
      return;
    }
    char c = text.charAt(at);
    switch (c) {
      case '(' -> single(Token.OPEN);
      case ')' -> single(Token.CLOSE);
      case ',' -> single(Token.COMMA);
      case '\'' -> {
        word = quoted(at);
        token = Token.TEXT;
      }
      case '"', '`' -> {
        word = quoted(at);
        token = Token.QUOTED;
      }
      case '=', '!', '<', '>' -> {
        token = Token.OP;
        next = at + 1;
        if (next < text.length() && "=>".indexOf(text.charAt(next)) >= 0) {
          next++;
        }
        word = text.substring(at, next);
      }
      default -> word(at);
    }
  }

  private void single(Token single) {
    token = single;
    next = start + 1;
  }

  private void word(int from) {
    int at = from;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    if (at == from) {
      throw error(FIELDS);
    }
    word = text.substring(from, at);
    next = at;
    char first = word.charAt(0);
    boolean signed = first == '-' || first == '+';
    boolean number = Character.isDigit(first) || first == '.' || (signed && special(word) == null);
    token = number ? Token.NUMBER : Token.WORD;
    if (word.endsWith(".") && at < text.length() && "\"`".indexOf(text.charAt(at)) >= 0) {
      key = quoted(at);
    }
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || "_-+/.:@".indexOf(c) >= 0;
  }

  /**
   * Text between a quotation mark and the next one of its kind; a doubled one stands for itself.
   */
  private String quoted(int from) {
    char quote = text.charAt(from);
    StringBuilder content = new StringBuilder();
    int at = from + 1;
    while (true) {
      if (at >= text.length()) {
        throw error(text.length(), "the closing " + quote, "a " + quote + " inside is doubled");
      }
      char c = text.charAt(at++);
      if (c == quote) {
        if (at >= text.length() || text.charAt(at) != quote) {
          next = at;
          return content.toString();
        }
        at++;
      }
      content.append(c);
    }
  }

  private SearchSyntaxException error(String expected) {
    return error(start, expected, EXAMPLE);
  }

  private SearchSyntaxException error(int at, String expected, String nextStep) {
    return new SearchSyntaxException(text, at, expected, nextStep);
  }
}
