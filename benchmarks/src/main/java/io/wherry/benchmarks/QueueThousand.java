package io.wherry.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * A thousand runs of {@code true} queued at once, in a JVM with a small heap; see {@link
 * QueueClient}.
 */
final class QueueThousand implements Benchmark {
  @Override
  public String name() {
    return "queue-1000";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    Map<String, Double> result =
        ChildJvm.run(QueueClient.class, List.of("-Xmx256m"), lab.folder("queue").toString());
    double queued = ChildJvm.value(result, QueueClient.QUEUED);
    double supervised = ChildJvm.value(result, QueueClient.SUPERVISED);
    double bare = ChildJvm.value(result, QueueClient.BARE);
    return List.of(
        Figure.ratioAtMost(
            name() + "-supervised", queued, "ms", "pool of supervised processes", supervised, 1.5),
        Figure.ratioAtMost(name() + "-bare", queued, "ms", "pool of bare processes", bare, 3));
  }
}
