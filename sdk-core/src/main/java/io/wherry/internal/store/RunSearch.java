package io.wherry.internal.store;

import io.wherry.internal.store.SearchFilter.Field;
import io.wherry.internal.store.SearchFilter.Kind;
import io.wherry.internal.store.SearchFilter.Op;
import io.wherry.internal.store.SearchFilter.Test;
import io.wherry.spec.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A search for runs, as {@code tags.team = 'birds' and metrics.accuracy > 0.9}.
 *
 * <p>Fields: {@code tags.KEY}, {@code params.KEY}, {@code metrics.KEY} (the latest value), {@code
 * state}, {@code name}, {@code id}, {@code target}, {@code created}, {@code started}, {@code
 * ended}, {@code cause}, {@code exitCode}, {@code priority}. Operators: {@code = != < <= > >= like
 * ilike in}, {@code and or not} and parentheses. A tag or parameter is compared as a text with a
 * text and as a number with a number. A comparison holds only for runs that have the field; {@code
 * not} in front of it holds for those without, too. {@code like} minds the case, {@code ilike} does
 * not (for ASCII); {@code %} stands for any characters, {@code _} for one. Times are UTC unless
 * they say otherwise.
 *
 * <p>Immutable and thread-safe.
 */
public final class RunSearch {
  /** So many runs are looked at one by one without a second thought. */
  private static final int FEW = 2000;

  /** So far rows are counted to choose among conditions that fit many runs. */
  private static final int MANY = 30_000;

  /**
   * So many of the newest runs are tried before a condition's whole index range is read and sorted.
   */
  private static final int WINDOW = 4000;

  private final List<SearchFilter> conditions;
  private final SearchParser.Order order;

  private RunSearch(List<SearchFilter> conditions, SearchParser.Order order) {
    this.conditions = conditions;
    this.order = order;
  }

  /**
   * Reads a search.
   *
   * @param query the condition; blank for all runs
   * @param orderBy {@code metrics.KEY}, {@code created} or {@code name}, then {@code asc} (default)
   *     or {@code desc}; blank for newest first. Runs that do not have the metric, or have NaN,
   *     come last.
   * @throws SearchSyntaxException if one of them cannot be read
   */
  public static RunSearch parse(String query, String orderBy) {
    List<SearchFilter> conditions = new ArrayList<>();
    flatten(SearchParser.parse(query), conditions);
    return new RunSearch(conditions, SearchParser.parseOrder(orderBy));
  }

  /**
   * Some of the runs that were found.
   *
   * @param runs the runs in order
   * @param next where the next page begins, null if there is none
   */
  public record Page(List<RunRow> runs, @Nullable Place next) {}

  /**
   * A place between two runs of a result. It stays right when runs come and go.
   *
   * @param value what the run before it was ordered by, null if it has none
   * @param id that run's key
   */
  public record Place(@Nullable Object value, long id) {}

  Page run(Reads reads, int limit, @Nullable Place after) {
    return run(reads, limit, after, statement -> {});
  }

  /**
   * @param spy is told each statement before it runs
   */
  Page run(Reads reads, int limit, @Nullable Place after, Consumer<SearchSql.Statement> spy) {
    if (limit < 1) {
      throw new IllegalArgumentException(
          "a limit of " + limit + " finds nothing -> ask for 1 or more");
    }
    List<Place> places = new Search(reads, limit, after, spy).places();
    boolean more = places.size() > limit;
    List<RunRow> runs = new ArrayList<>();
    for (Place place : more ? places.subList(0, limit) : places) {
      runs.add(Objects.requireNonNull(reads.run(place.id())));
    }
    return new Page(runs, more ? places.get(limit - 1) : null);
  }

  /** Parts that all must hold; state conditions as the list of states that they allow. */
  private static void flatten(SearchFilter filter, List<SearchFilter> into) {
    if (filter instanceof SearchFilter.And and) {
      and.parts().forEach(part -> flatten(part, into));
    } else if (filter instanceof Test test
        && test.field().kind() == Kind.STATE
        && test.op() == Op.NE) {
      List<Object> others = new ArrayList<>();
      for (RunState state : RunState.values()) {
        others.add((long) StateNumber.of(state));
      }
      others.remove(test.value());
      into.add(new Test(test.field(), Op.IN, others));
    } else if (filter instanceof Test test && test.op() == Op.IN && test.values().size() == 1) {
      into.add(new Test(test.field(), Op.EQ, test.values()));
    } else {
      into.add(filter);
    }
  }

  /** One execution; collects one place more than asked for, to know whether there is more. */
  private final class Search {
    private final Reads reads;
    private final int wanted;
    private final @Nullable Place after;
    private final Consumer<SearchSql.Statement> spy;

    /** The seekable condition that fits the fewest runs; null if there is none. */
    private @Nullable SearchFilter rarest;

    private long rarestCount = Long.MAX_VALUE;

    Search(Reads reads, int limit, @Nullable Place after, Consumer<SearchSql.Statement> spy) {
      this.reads = reads;
      this.wanted = Math.addExact(limit, 1);
      this.after = after;
      this.spy = spy;
    }

    List<Place> places() {
      findRarest(FEW);
      if (rarestCount == 0) {
        return List.of();
      }
      Field by = order.field();
      if (by == null) {
        return newestFirst(conditions, after);
      }
      return by.kind() == Kind.METRICS ? byMetric(by) : byColumn(by);
    }

    private void findRarest(int most) {
      rarestCount = Long.MAX_VALUE;
      for (SearchFilter condition : conditions) {
        if (SearchSql.isSeekable(condition) && rarestCount > 0) {
          long count = count(condition, most);
          if (count < rarestCount) {
            rarest = condition;
            rarestCount = count;
          }
        }
      }
    }

    /** How many runs a condition fits, exact up to a number. */
    private long count(SearchFilter condition, int most) {
      if (condition instanceof SearchFilter.Or or) {
        long sum = 0;
        for (SearchFilter part : or.parts()) {
          sum += sum > most ? 0 : count(part, most);
        }
        return sum;
      }
      SearchSql sql = sql().add("select count(*) from (").selectFrom("1", condition);
      return number(sql.add(" limit ?)", most + 1));
    }

    private List<Place> newestFirst(List<SearchFilter> all, @Nullable Place after) {
      long below = after == null ? Long.MAX_VALUE : after.id();
      if (rarest != null && rarestCount <= FEW) {
        return ids(driven(rarest, all, below, 0));
      }
      // mostly the newest runs fill a page, and if they do not, nobody knows how far it is
      SearchFilter ordered = ordered(all);
      long newest = Math.min(below, reads.db.number("select max(id) from run") + 1);
      long window = Math.max(0, newest - (ordered == null ? WINDOW : 5 * WINDOW));
      List<Place> found =
          ids(ordered == null ? scanned(all, below, window) : driven(ordered, all, below, window));
      if (found.size() == wanted || window == 0) {
        return found;
      }
      findRarest(MANY);
      SearchFilter driver =
          rarest != null && (rarestCount <= MANY || ordered == null)
              ? rarest
              : ordered != null ? ordered : keyed(all);
      return ids(driver == null ? scanned(all, below, 0) : driven(driver, all, below, 0));
    }

    /** A condition whose index gives the runs in order. */
    private static @Nullable SearchFilter ordered(List<SearchFilter> all) {
      for (SearchFilter condition : all) {
        if (SearchSql.isSeekable(condition) && SearchSql.isOrdered(condition)) {
          return condition;
        }
      }
      return null;
    }

    /** A condition that at least narrows the rows to those with a key. */
    private static @Nullable SearchFilter keyed(List<SearchFilter> all) {
      for (SearchFilter condition : all) {
        if (condition instanceof Test test && test.field().kind().isKeyed()) {
          return condition;
        }
      }
      return null;
    }

    private SearchSql driven(SearchFilter driver, List<SearchFilter> all, long below, long from) {
      SearchSql sql = sql().selectFrom("d.run", driver);
      // the plus keeps the planner from walking the ids instead of the condition's index
      String id = SearchSql.isOrdered(driver) ? idOf(driver) : "+" + idOf(driver);
      sql.add(" and " + id + " < ? and " + id + " >= ?", below, from);
      others(sql, all, driver, idOf(driver));
      return sql.add(" order by " + id + " desc limit ?", wanted);
    }

    private SearchSql scanned(List<SearchFilter> all, long below, long from) {
      SearchSql sql = sql().add("select d.id from run d where d.id < ? and d.id >= ?", below, from);
      others(sql, all, null, "d.id");
      return sql.add(" order by d.id desc limit ?", wanted);
    }

    private List<Place> byMetric(Field by) {
      String key = Objects.requireNonNull(by.key());
      List<Place> found = new ArrayList<>();
      boolean inValues = after == null || after.value() != null;
      if (inValues) {
        found.addAll(withValue(key));
      }
      boolean needsValue =
          conditions.stream()
              .anyMatch(c -> c instanceof Test test && test.field().equals(by) && isNumber(test));
      if (found.size() < wanted && !needsValue) {
        List<SearchFilter> without = new ArrayList<>(conditions);
        Test hasValue = new Test(by, Op.NE, List.of(Double.NaN));
        without.add(new SearchFilter.Not(hasValue));
        found.addAll(newestFirst(without, inValues ? null : after));
      }
      return found.size() > wanted ? found.subList(0, wanted) : found;
    }

    private static boolean isNumber(Test test) {
      return test.op() != Op.NE && test.values().stream().noneMatch(v -> ((Double) v).isNaN());
    }

    private List<Place> withValue(String key) {
      boolean few = rarest != null && rarestCount <= FEW;
      SearchSql sql = sql();
      if (few) {
        // the join must come before the where of the driver, so the driver becomes a table
        sql.add("select l.run, l.value from (")
            .selectFrom("d.run as run", Objects.requireNonNull(rarest));
        sql.add(") d cross join latest l on l.run = d.run and l.key = ?", reads.keyId(key));
        sql.add(" where l.value is not null");
      } else {
        sql.add("select l.run, l.value from latest l where l.key = ?", reads.keyId(key));
        sql.add(" and l.value is not null");
      }
      for (SearchFilter condition : conditions) {
        if (few && condition == rarest) {
          continue;
        }
        sql.add(" and ");
        if (condition instanceof Test test
            && test.field().kind() == Kind.METRICS
            && key.equals(test.field().key())) {
          sql.metric(test, "l");
        } else {
          sql.condition(condition, "l.run");
        }
      }
      page(sql, "l.value", "l.run");
      return placesOf(sql);
    }

    private List<Place> byColumn(Field by) {
      String column = "r." + by.kind().place;
      SearchSql sql = sql();
      boolean few = rarest != null && rarestCount <= FEW;
      if (few) {
        sql.add("select r.id, " + column + " from (")
            .selectFrom("d.run as run", Objects.requireNonNull(rarest));
        sql.add(") d cross join run r on r.id = d.run where 1");
      } else {
        sql.add("select r.id, " + column + " from run r where 1");
      }
      others(sql, conditions, few ? rarest : null, "r.id");
      page(sql, column, "r.id");
      return placesOf(sql);
    }

    /** Equal values in the direction of the ids, so that an index can be walked. */
    private void page(SearchSql sql, String column, String id) {
      String direction = order.descending() ? " desc" : "";
      if (after != null) {
        String sign = order.descending() ? " < " : " > ";
        sql.add(" and (" + column + ", " + id + ")" + sign + "(?, ?)", after.value(), after.id());
      }
      sql.add(" order by " + column + direction + ", " + id + direction + " limit ?", wanted);
    }

    private void others(
        SearchSql sql, List<SearchFilter> all, @Nullable SearchFilter driver, String id) {
      for (SearchFilter condition : all) {
        if (condition != driver) {
          sql.add(" and ").condition(condition, id);
        }
      }
    }

    private static String idOf(SearchFilter driver) {
      return driver instanceof Test test && !test.field().kind().isKeyed() ? "d.id" : "d.run";
    }

    private SearchSql sql() {
      return new SearchSql(reads::keyId);
    }

    private long number(SearchSql sql) {
      SearchSql.Statement statement = sql.statement();
      spy.accept(statement);
      return reads.db.number(statement.text(), statement.arguments().toArray());
    }

    private List<Place> ids(SearchSql sql) {
      SearchSql.Statement statement = sql.statement();
      spy.accept(statement);
      return reads.db.list(
          statement.text(),
          row -> new Place(null, row.getLong(1)),
          statement.arguments().toArray());
    }

    private List<Place> placesOf(SearchSql sql) {
      SearchSql.Statement statement = sql.statement();
      spy.accept(statement);
      return reads.db.list(
          statement.text(),
          row -> new Place(row.getObject(2), row.getLong(1)),
          statement.arguments().toArray());
    }
  }
}
