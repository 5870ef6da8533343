package io.wherry.internal.store;

import io.wherry.spec.Content;
import java.time.Instant;
import java.util.Map;

/**
 * A version of named data.
 *
 * @param name its name
 * @param version its number, from 1
 * @param content what it is
 * @param created when it was registered
 * @param places where it lies already, by target
 */
public record DataRow(
    String name, int version, Content content, Instant created, Map<String, String> places) {
  public DataRow {
    places = Map.copyOf(places);
  }
}
