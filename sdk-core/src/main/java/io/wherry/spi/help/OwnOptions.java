package io.wherry.spi.help;

import io.wherry.spec.RunSpec;
import io.wherry.spec.Violation;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The options of a run that are meant for one kind of backend: {@code slurm.qos} is for {@code
 * slurm}.
 */
public final class OwnOptions {
  private OwnOptions() {}

  /** The options with the kind's prefix that it does not know; those of other kinds are ignored. */
  public static List<Violation> unknown(RunSpec spec, String kind, Set<String> known) {
    return spec.options().entrySet().stream()
        .filter(o -> o.getKey().startsWith(kind + ".") && !known.contains(o.getKey()))
        .map(
            o ->
                new Violation(
                    "option." + o.getKey(),
                    o.getValue(),
                    "kind " + kind + " has no such option",
                    known.isEmpty() ? "remove it" : "it has " + new TreeSet<>(known)))
        .toList();
  }
}
