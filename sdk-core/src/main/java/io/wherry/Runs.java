package io.wherry;

import io.wherry.internal.control.Controller;
import io.wherry.internal.store.RunRow;
import io.wherry.spec.WherryException;
import java.util.List;
import java.util.Optional;

/** The runs of a workspace. Thread-safe. */
public final class Runs {
  private final Controller controller;
  private final Retention retention;

  Runs(Controller controller, Retention retention) {
    this.controller = controller;
    this.retention = retention;
  }

  /**
   * A run by id.
   *
   * @throws WherryException {@code NOT_FOUND} with the newest ids
   */
  public Run get(String id) {
    return new Run(controller, controller.record(id).id());
  }

  /** A run by id, empty if there is none. */
  public Optional<Run> find(String id) {
    return controller.find(id).map(record -> new Run(controller, record.id()));
  }

  /** The newest runs, newest first, at most that many. */
  public List<Run> list(int most) {
    return controller.store().read(r -> r.newest(most)).stream().map(this::run).toList();
  }

  /**
   * Runs that match, for example {@code tags.team = 'birds' and metrics.accuracy > 0.9}; {@code
   * docs/guide.md} has the language.
   *
   * @throws WherryException {@code INVALID_QUERY} if it has a mistake; the message points at it
   */
  public RunQuery search(String query) {
    return new RunQuery(controller, query);
  }

  /**
   * Deletes an ended run with everything that it left: logs, metrics, outputs. Unknown ids are
   * ignored.
   *
   * @throws WherryException {@code CONFLICT} if it has not ended
   */
  public void delete(String id) {
    retention.delete(id);
  }

  private Run run(RunRow row) {
    return new Run(controller, row.runId());
  }
}
