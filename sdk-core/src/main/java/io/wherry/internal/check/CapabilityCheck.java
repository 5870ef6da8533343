package io.wherry.internal.check;

import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Violation;
import io.wherry.spi.Capabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Whether a target can do what a spec asks for; decided once here, for every backend. */
public final class CapabilityCheck {
  private final RunSpec spec;
  private final Capabilities capabilities;
  private final List<Violation> violations = new ArrayList<>();

  private CapabilityCheck(RunSpec spec, Capabilities capabilities) {
    this.spec = spec;
    this.capabilities = capabilities;
  }

  /** Everything that the target cannot do; empty if it can do it all. No I/O. */
  public static List<Violation> violations(RunSpec spec, Capabilities capabilities) {
    CapabilityCheck check = new CapabilityCheck(spec, capabilities);
    check.features();
    check.sizes();
    return check.violations;
  }

  private void features() {
    Resources resources = spec.resources();
    need(
        spec.nodes() > 1,
        Feature.GANG,
        "nodes",
        spec.nodes(),
        "a run has one node there",
        "nodes(1)");
    need(
        spec.processesPerNode() > 1,
        Feature.RANKS,
        "processesPerNode",
        spec.processesPerNode(),
        "a run has one process a node there",
        "processesPerNode(1)");
    need(
        spec.timeLimit() != null,
        Feature.TIME_LIMIT,
        "timeLimit",
        spec.timeLimit() == null ? "" : Durations.format(spec.timeLimit()),
        "nobody keeps time limits there",
        "leave it out");
    need(
        resources.memoryLimit() > 0,
        Feature.MEMORY_LIMIT,
        "resources.memoryLimit",
        Bytes.format(resources.memoryLimit()),
        "memory limits cannot be enforced there" + fact("memoryLimit"),
        "leave it out; memory(…) without enforcement is accepted");
    need(
        resources.gpus() > 0,
        Feature.GPU,
        "resources.gpus",
        resources.gpus(),
        "no node has a GPU" + fact("gpu"),
        "gpus(0)");
    need(
        !spec.secrets().isEmpty(),
        Feature.SECRETS,
        "secret",
        spec.secrets().keySet(),
        "secrets cannot be delivered there",
        "leave them out");
    need(
        spec.program() instanceof Program.Java,
        Feature.JAVA,
        "main",
        spec.program() instanceof Program.Java java ? java.mainClass() : "",
        "there is no Java for it" + fact("java"),
        "install one there, or use command(…)");
  }

  private String fact(String name) {
    String fact = capabilities.facts().get(name);
    return fact == null ? "" : " (" + fact + ")";
  }

  private void need(
      boolean asked, Feature feature, String path, Object value, String rule, String nextStep) {
    if (asked && !capabilities.features().contains(feature)) {
      violations.add(
          new Violation(
              path, value.toString(), rule, nextStep + ", or choose a target that has " + feature));
    }
  }

  /** One size must fit everything at once; the message names the best that there is. */
  private void sizes() {
    List<NodeSize> sizes = capabilities.nodeSizes();
    if (sizes.isEmpty() || sizes.stream().anyMatch(this::fits)) {
      return;
    }
    int before = violations.size();
    Resources asked = spec.resources();
    tooMuch("resources.cpus", asked.cpus(), NodeSize::cpus, "CPUs");
    tooMuch(
        "resources.memory",
        Math.max(asked.memory(), asked.memoryLimit()),
        NodeSize::memory,
        "memory");
    if (capabilities.features().contains(Feature.GPU)) {
      tooMuch("resources.gpus", asked.gpus(), NodeSize::gpus, "GPUs");
    }
    if (capabilities.features().contains(Feature.GANG)) {
      tooMuch("nodes", spec.nodes(), NodeSize::nodes, "nodes");
    }
    if (violations.size() == before && asked.gpus() == 0 && spec.nodes() == 1) {
      violations.add(
          new Violation(
              "resources",
              asked.cpus() + " CPUs, " + Bytes.format(asked.memory()),
              "no single node size has all of it together",
              "ask for less of one of them"));
    }
  }

  private boolean fits(NodeSize size) {
    Resources asked = spec.resources();
    return asked.cpus() <= size.cpus()
        && Math.max(asked.memory(), asked.memoryLimit()) <= size.memory()
        && asked.gpus() <= size.gpus()
        && spec.nodes() <= size.nodes();
  }

  private void tooMuch(String path, long asked, ToLongFunction<NodeSize> part, String what) {
    long most = capabilities.nodeSizes().stream().mapToLong(part).max().orElse(0);
    if (asked > most) {
      boolean bytes = path.endsWith("memory");
      violations.add(
          new Violation(
              path,
              bytes ? Bytes.format(asked) : Long.toString(asked),
              "the largest node has " + (bytes ? Bytes.format(most) : most + " " + what),
              "ask for at most that"));
    }
  }
}
