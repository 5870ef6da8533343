package io.wherry;

import io.wherry.internal.control.Controller;
import io.wherry.internal.store.DataRow;
import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import java.util.Map;

/** One version of named data. Immutable but for its places. Thread-safe. */
public final class Dataset {
  private final Controller controller;
  private final DataRow row;

  Dataset(Controller controller, DataRow row) {
    this.controller = controller;
    this.row = row;
  }

  /** Its name. */
  public String name() {
    return row.name();
  }

  /** Its version, from 1. */
  public int version() {
    return row.version();
  }

  /** Identity of its content. */
  public Digest digest() {
    return row.content() instanceof Content.Tree tree
        ? tree.manifest()
        : ((Content.Blob) row.content()).digest();
  }

  /** Where it lies already, by target; used there in place. */
  public Map<String, String> places() {
    return row.places();
  }

  /**
   * Says that this version lies on a target, where runs then use it in place: nothing is copied.
   * Durable.
   */
  public Dataset at(String target, String location) {
    controller.requireWritable();
    DataRow now =
        controller
            .store()
            .write(
                tx -> {
                  tx.putDataPlace(row.name(), row.version(), target, location);
                  return tx.data(row.name(), row.version());
                });
    return new Dataset(controller, now == null ? row : now);
  }

  /** {@code penguins:3}. */
  @Override
  public String toString() {
    return row.name() + ":" + row.version();
  }
}
