package io.wherry.testkit;

import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RunSpec;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.Backend;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.ConfigKey;
import io.wherry.spi.Observation;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The contract, run against a fake with something wrong. */
abstract class BrokenContract extends BackendContract {
  final FakeProvider honest = new FakeProvider();

  /** What is wrong. */
  abstract WorkloadBackend spoil(WorkloadBackend backend, BackendContext context);

  @Override
  protected BackendFixture fixture() {
    return new FakeFixture(honest) {
      @Override
      public BackendProvider provider() {
        return new SpoiledProvider();
      }
    };
  }

  /** The answer of an honest backend, with every end of a workload replaced. */
  static Map<WorkloadHandle, Observation> replacingEnds(
      Map<WorkloadHandle, Observation> seen, UnaryOperator<Ended> change) {
    Map<WorkloadHandle, Observation> changed = new LinkedHashMap<>(seen);
    changed.replaceAll((handle, o) -> o instanceof Ended end ? change.apply(end) : o);
    return changed;
  }

  /** The same batch with other specs. */
  static List<Workload> replacingSpecs(List<Workload> batch, UnaryOperator<RunSpec> change) {
    return batch.stream().map(w -> new Workload(w.key(), change.apply(w.spec()))).toList();
  }

  static RunSpec withProgram(RunSpec s, Program program) {
    return new RunSpec(
        s.name(),
        s.target(),
        program,
        s.source(),
        s.params(),
        s.inputs(),
        s.outputs(),
        s.env(),
        s.secrets(),
        s.resources(),
        s.nodes(),
        s.processesPerNode(),
        s.timeLimit(),
        s.startTimeout(),
        s.grace(),
        s.priority(),
        s.retry(),
        s.tags(),
        s.idempotencyKey(),
        s.options());
  }

  static RunSpec withoutLimits(RunSpec s) {
    return new RunSpec(
        s.name(),
        s.target(),
        s.program(),
        s.source(),
        s.params(),
        s.inputs(),
        s.outputs(),
        s.env(),
        s.secrets(),
        Resources.DEFAULT,
        s.nodes(),
        s.processesPerNode(),
        null,
        s.startTimeout(),
        s.grace(),
        s.priority(),
        s.retry(),
        s.tags(),
        s.idempotencyKey(),
        s.options());
  }

  private final class SpoiledProvider implements BackendProvider {
    @Override
    public String kind() {
      return honest.kind();
    }

    @Override
    public List<ConfigKey> configKeys() {
      return honest.configKeys();
    }

    @Override
    public Backend open(TargetSpec target, BackendContext context) {
      return spoil((WorkloadBackend) honest.open(target, context), context);
    }
  }

  /** For flaws that must not hide a failure of their own. */
  static AssertionError unexpected(BackendException e) {
    return new AssertionError("the honest fake failed", e);
  }
}
