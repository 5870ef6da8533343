package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wherry.RunDraft;
import io.wherry.Workspace;
import io.wherry.spec.Program;
import io.wherry.spec.RunSpec;
import io.wherry.spec.SpecException;
import io.wherry.spec.Violation;
import io.wherry.spi.BackendException;

/**
 * The twin of each test of a feature: where it is not declared, core refuses the spec before
 * anything is launched.
 */
final class Refusal {
  private Refusal() {}

  /**
   * Submits what the job asks for through a workspace; it must be refused, with a violation at that
   * path.
   */
  static void check(Bench bench, JobDraft job, String path) throws BackendException {
    String target = bench.context().targetName();
    try (Workspace ws =
        Workspace.builder(bench.newFolder("refusing"))
            .clock(bench.fixture().clock())
            .secrets(bench.fixture().secrets()::get)
            .backend(bench.fixture().provider())
            .open()) {
      ws.compute().attach(target, bench.fixture().target());
      RunDraft draft = draft(ws, target, job.workload().spec());

      assertThat(draft.explain().accepted()).isFalse();
      assertThat(draft.explain().reasons()).extracting(Violation::path).contains(path);
      assertThatExceptionOfType(SpecException.class).isThrownBy(draft::submit);
      assertThat(bench.backend().find(ws.id())).isEmpty();
    }
  }

  private static RunDraft draft(Workspace ws, String target, RunSpec spec) {
    RunDraft draft =
        ws.run("refused").on(target).nodes(spec.nodes()).processesPerNode(spec.processesPerNode());
    if (spec.program() instanceof Program.Command command) {
      draft.command(command.argv());
    } else {
      draft.main(JavaJob.class);
    }
    spec.secrets().forEach(draft::secret);
    if (spec.timeLimit() != null) {
      draft.timeLimit(spec.timeLimit());
    }
    if (spec.resources().memoryLimit() > 0) {
      draft.resources(r -> r.memoryLimit(spec.resources().memoryLimit()));
    }
    return draft;
  }
}
