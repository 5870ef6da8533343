package io.wherry.internal.store;

import io.wherry.internal.store.SearchFilter.Field;
import io.wherry.internal.store.SearchFilter.Kind;
import io.wherry.internal.store.SearchFilter.Op;
import io.wherry.internal.store.SearchFilter.Test;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of searches. SQLite's planner, left to itself, starts such queries at the metric's index
 * and sorts tens of thousands of rows; so the order of the loops is fixed here: one condition
 * drives through its index, the others are checked row by row with {@code exists}. Everything that
 * came from a user is a parameter of the statement.
 */
final class SearchSql {
  /** Text with its parameters in order. */
  record Statement(String text, List<@Nullable Object> arguments) {}

  /** Finds the number of a key, 0 if nothing has that key. */
  private final ToLongFunction<String> keys;

  private final StringBuilder text = new StringBuilder(200);
  private final List<@Nullable Object> arguments = new ArrayList<>();

  SearchSql(ToLongFunction<String> keys) {
    this.keys = keys;
  }

  SearchSql add(String sql, @Nullable Object... values) {
    text.append(sql);
    arguments.addAll(Arrays.asList(values));
    return this;
  }

  Statement statement() {
    return new Statement(text.toString(), arguments);
  }

  /** Whether a condition finds its runs by seeking in an index instead of looking at all rows. */
  static boolean isSeekable(SearchFilter filter) {
    if (filter instanceof SearchFilter.Or or) {
      return or.parts().stream().allMatch(SearchSql::isSeekable);
    }
    if (!(filter instanceof Test test) || !test.field().kind().indexed) {
      return false;
    }
    return switch (test.field().kind()) {
      case TAGS, PARAMS ->
          test.op() == Op.EQ || (isRange(test.op()) && test.value() instanceof Double);
      case METRICS, CREATED -> test.op() == Op.EQ || isRange(test.op());
      case STATE -> true;
      default -> test.op() == Op.EQ || test.op() == Op.IN;
    };
  }

  /** Whether driving by the condition gives the runs in the order of their ids. */
  static boolean isOrdered(SearchFilter filter) {
    return filter instanceof Test test
        && test.op() == Op.EQ
        && test.field().kind().type != SearchFilter.Type.TIME
        && !(test.value() instanceof Double && test.field().kind() != Kind.METRICS);
  }

  private static boolean isRange(Op op) {
    return op == Op.LT || op == Op.LE || op == Op.GT || op == Op.GE;
  }

  /**
   * {@code select} of the runs for which a condition holds, driven by its index; the id is {@code
   * d.run}.
   */
  SearchSql selectFrom(String columns, SearchFilter driver) {
    if (driver instanceof SearchFilter.Or or) {
      add("select " + columns + " from (");
      String union = "";
      for (SearchFilter part : or.parts()) {
        add(union).selectFrom("d.run as run", part);
        union = " union ";
      }
      return add(") d where 1");
    }
    Test test = (Test) driver;
    if (test.field().kind().isKeyed()) {
      add("select " + columns + " from " + test.field().kind().place + " d where ");
      return keyed(test, "d");
    }
    // the id under the name that the keyed tables give it
    add("select " + columns.replace("d.run", "d.id") + " from run d where ");
    return column(test, "d");
  }

  /** A condition on the run whose id an expression gives. */
  SearchSql condition(SearchFilter filter, String id) {
    if (filter instanceof SearchFilter.And and) {
      return all(and.parts(), id, " and ", "1");
    }
    if (filter instanceof SearchFilter.Or or) {
      return all(or.parts(), id, " or ", "0");
    }
    if (filter instanceof SearchFilter.Not not) {
      return add("not ").condition(not.part(), id);
    }
    Test test = (Test) filter;
    if (test.field().kind().isKeyed()) {
      add("exists(select 1 from " + test.field().kind().place + " x where x.run = " + id + " and ");
      return keyed(test, "x").add(")");
    }
    add("exists(select 1 from run x where x.id = " + id + " and ");
    return column(test, "x").add(")");
  }

  private SearchSql all(List<SearchFilter> parts, String id, String glue, String none) {
    add("(");
    String separator = "";
    for (SearchFilter part : parts) {
      add(separator).condition(part, id);
      separator = glue;
    }
    return add(parts.isEmpty() ? none + ")" : ")");
  }

  private SearchSql keyed(Test test, String row) {
    Field field = test.field();
    add(row + ".key = ? and ", keys.applyAsLong(Objects.requireNonNull(field.key())));
    return field.kind() == Kind.METRICS ? metric(test, row) : label(test, row);
  }

  /** NaN, which is stored as null, is unequal to every number and neither below nor above one. */
  SearchSql metric(Test test, String row) {
    String column = row + ".value";
    add("(");
    String separator = "";
    for (Object each : test.values()) {
      add(separator);
      separator = " or ";
      double value = (Double) each;
      boolean unequal = test.op() == Op.NE;
      if (Double.isNaN(value)) {
        boolean equal = test.op() == Op.EQ || test.op() == Op.IN;
        add(equal ? column + " is null" : unequal ? column + " is not null" : "0");
      } else {
        String op = test.op() == Op.IN ? "=" : test.op().sql;
        add(column + " " + op + " ?", value);
        if (unequal) {
          add(" or " + column + " is null");
        }
      }
    }
    return add(")");
  }

  private SearchSql label(Test test, String row) {
    if (test.op() == Op.IN) {
      add("(");
      String separator = "";
      for (Object value : test.values()) {
        add(separator);
        label(new Test(test.field(), Op.EQ, List.of(value)), row);
        separator = " or ";
      }
      return add(")");
    }
    if (test.value() instanceof Double) {
      return add(row + ".num " + test.op().sql + " ?", test.value());
    }
    if (test.op() == Op.EQ) { // num says nothing new, but stands before value in the index
      String value = (String) test.value();
      return add(row + ".num is ? and " + row + ".value = ?", Numbers.ofText(value), value);
    }
    return text(test, row + ".value");
  }

  private SearchSql column(Test test, String row) {
    String column = row + "." + test.field().kind().place;
    if (test.op() == Op.IN) {
      add(
          column + " in (" + "?, ".repeat(test.values().size() - 1) + "?)",
          test.values().toArray());
      return this;
    }
    return text(test, column);
  }

  private SearchSql text(Test test, String column) {
    Object value = test.value();
    return add(
        column + " " + test.op().sql + " ?", test.op() == Op.LIKE ? glob((String) value) : value);
  }

  /** SQLite's like ignores case; its glob does not, but has other signs. */
  private static String glob(String like) {
    StringBuilder glob = new StringBuilder(like.length() + 8);
    for (int i = 0; i < like.length(); i++) {
      char c = like.charAt(i);
      switch (c) {
        case '%' -> glob.append('*');
        case '_' -> glob.append('?');
        case '*', '?', '[' -> glob.append('[').append(c).append(']');
        default -> glob.append(c);
      }
    }
    return glob.toString();
  }
}
