package io.wherry.internal.store;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A search as it was understood. */
sealed interface SearchFilter {
  /** All of them; none of them is true. */
  record And(List<SearchFilter> parts) implements SearchFilter {}

  record Or(List<SearchFilter> parts) implements SearchFilter {}

  record Not(SearchFilter part) implements SearchFilter {}

  /**
   * A field against values.
   *
   * @param values one value; several for IN. {@link String}, {@link Double}, or {@link Long} for
   *     times and states
   */
  record Test(Field field, Op op, List<Object> values) implements SearchFilter {
    Object value() {
      return values.get(0);
    }
  }

  /**
   * What is compared.
   *
   * @param key name of the tag, parameter or metric; null for what every run has
   */
  record Field(Kind kind, @Nullable String key) {
    @Override
    public String toString() {
      return key == null ? kind.word() : kind.word() + "." + key;
    }
  }

  /** What values a field has. */
  enum Type {
    TEXT,
    NUMBER,
    /** Whatever it is compared with. */
    TEXT_OR_NUMBER,
    TIME,
    STATE
  }

  /** What can be asked for. */
  enum Kind {
    TAGS(Type.TEXT_OR_NUMBER, "tag", true),
    PARAMS(Type.TEXT_OR_NUMBER, "param", true),
    METRICS(Type.NUMBER, "latest", true),
    ID(Type.TEXT, "run_id", true),
    NAME(Type.TEXT, "name", true),
    TARGET(Type.TEXT, "target", true),
    STATE(Type.STATE, "state", true),
    CREATED(Type.TIME, "created", true),
    STARTED(Type.TIME, "started", false),
    ENDED(Type.TIME, "ended", false),
    CAUSE(Type.TEXT, "cause", false),
    PRIORITY(Type.NUMBER, "priority", false),
    EXITCODE(Type.NUMBER, "exit_code", false);

    final Type type;

    /** Table with one row a key, or column of the run. */
    final String place;

    final boolean indexed;

    Kind(Type type, String place, boolean indexed) {
      this.type = type;
      this.place = place;
      this.indexed = indexed;
    }

    boolean isKeyed() {
      return this == TAGS || this == PARAMS || this == METRICS;
    }

    String word() {
      return this == EXITCODE ? "exitCode" : name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a field and a value are compared. */
  enum Op {
    EQ("="),
    NE("<>"),
    LT("<"),
    LE("<="),
    GT(">"),
    GE(">="),
    LIKE("glob"),
    ILIKE("like"),
    IN("in");

    final String sql;

    Op(String sql) {
      this.sql = sql;
    }
  }
}
