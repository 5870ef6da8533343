package io.wherry;

import io.wherry.internal.control.Controller;
import io.wherry.internal.store.RunSearch;
import io.wherry.spec.WherryException;
import java.util.List;

/** A search among runs; {@link #list} performs it. Mutable and for one thread. */
public final class RunQuery {
  private static final int DEFAULT_LIMIT = 100;

  private final Controller controller;
  private final String query;
  private String order = "";
  private int limit = DEFAULT_LIMIT;

  RunQuery(Controller controller, String query) {
    this.controller = controller;
    this.query = query;
    RunSearch.parse(query, order);
  }

  /**
   * The order, for example {@code metrics.accuracy desc}; without it the newest come first.
   *
   * @throws WherryException {@code INVALID_QUERY} if it has a mistake
   */
  public RunQuery orderBy(String by) {
    RunSearch.parse(query, by);
    this.order = by;
    return this;
  }

  /** How many runs at most; 100 if not said. */
  public RunQuery limit(int most) {
    this.limit = most;
    return this;
  }

  /** The matching runs in order. Blocks for milliseconds. */
  public List<Run> list() {
    RunSearch search = RunSearch.parse(query, order);
    return controller.store().read(r -> r.search(search, limit, null)).runs().stream()
        .map(row -> new Run(controller, row.runId()))
        .toList();
  }
}
