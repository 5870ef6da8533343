package io.wherry.internal.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

public final class RunSearch {
  private RunSearch() {}

  public static RunSearch parse(String query, String orderBy) {
    return new RunSearch();
  }

  public record Page(List<RunRow> runs, @Nullable Place next) {}

  public record Place(@Nullable Object value, long id) {}

  Page run(Reads reads, int limit, @Nullable Place after) {
    return new Page(reads.newest(limit), null);
  }
}
