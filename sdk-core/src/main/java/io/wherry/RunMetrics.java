package io.wherry;

import io.wherry.internal.control.Controller;
import io.wherry.spec.MetricPoint;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** What a run's program measured, as far as it has been read. Thread-safe. */
public final class RunMetrics {
  private final Controller controller;
  private final long run;
  private final String runId;

  RunMetrics(Controller controller, long run, String runId) {
    this.controller = controller;
    this.run = run;
    this.runId = runId;
  }

  /** Names of all metrics. */
  public Set<String> names() {
    return points().keySet();
  }

  /** The last value of every metric: that of the highest step, of equal steps the newest. */
  public Map<String, Double> latest() {
    Map<String, Double> values = new LinkedHashMap<>();
    points().forEach((name, point) -> values.put(name, point.value()));
    return values;
  }

  /**
   * The last value of a metric.
   *
   * @throws WherryException {@code NOT_FOUND} with the names that there are
   */
  public double get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new WherryException(
                    Code.NOT_FOUND, runId + " has no metric \"" + name + "\"; it has " + names()));
  }

  /** The last value of a metric, empty if the program never reported it. */
  public OptionalDouble find(String name) {
    MetricPoint point = points().get(name);
    return point == null ? OptionalDouble.empty() : OptionalDouble.of(point.value());
  }

  /**
   * All points of a metric by step, equal steps in the order in which they came; empty if there are
   * none.
   */
  public List<MetricPoint> series(String name) {
    return controller.store().read(r -> r.series(run, name)).asList();
  }

  private Map<String, MetricPoint> points() {
    return controller.store().read(r -> r.latest(run));
  }

  /** {@code {accuracy=0.97, loss=0.08}}. */
  @Override
  public String toString() {
    return latest().toString();
  }
}
