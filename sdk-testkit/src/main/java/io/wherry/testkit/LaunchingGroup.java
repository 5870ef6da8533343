package io.wherry.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Cause;
import io.wherry.spec.Program;
import io.wherry.spi.BackendException;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.Observation.Ended;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the user asked for reaches the program, and its exit code comes back. */
abstract class LaunchingGroup extends Group {
  /** Everything that a shell, a script, YAML or JSON could stumble over. */
  private static final String[] ODD = {
    "plain",
    "",
    "two words",
    " outer blanks ",
    "single ' double \" back ` quotes",
    "$HOME ${HOME} $(id) `id`",
    "back\\slash and \\n",
    "two\nlines\n",
    "tab\there",
    "* ? [a-z] ~ # ! & | ; < > ( ) { }",
    "--flag=value",
    "-",
    "größe 漢字 🐧",
    "%s %d %%",
    "{{template}} {param} @file"
  };

  @Test
  final void arguments_arrive_exactly() throws Exception {
    WorkloadHandle handle = bench().job(Job.ARGUMENTS, ODD).launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    assertThat(parts(handle)).containsExactly(ODD);
  }

  @Test
  final void a_program_without_arguments_gets_none() throws Exception {
    WorkloadHandle handle = bench().job(Job.ARGUMENTS).launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    assertThat(bench().text(handle)).isEmpty();
  }

  @Test
  final void a_long_argument_arrives_whole() throws Exception {
    String argument = "0123456789".repeat(6_000);
    WorkloadHandle handle = bench().job(Job.ARGUMENTS, argument).launch();

    bench().awaitEnd(handle);
    assertThat(parts(handle)).containsExactly(argument);
  }

  @Test
  final void environment_variables_arrive_exactly() throws Exception {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < ODD.length; i++) {
      names.add("ODD_" + i);
    }
    JobDraft job = bench().job(Job.VARIABLES, names.toArray(String[]::new));
    for (int i = 0; i < ODD.length; i++) {
      job.env(names.get(i), ODD[i]);
    }
    WorkloadHandle handle = job.launch();

    bench().awaitEnd(handle);
    assertThat(parts(handle)).containsExactly(ODD);
  }

  @Test
  final void parameters_are_variables_too() throws Exception {
    WorkloadHandle handle =
        bench()
            .job(Job.VARIABLES, "WHERRY_PARAM_TREES", "WHERRY_PARAM_LEARNING_RATE")
            .param("trees", "200")
            .param("learning-rate", "it's \"0.25\"")
            .launch();

    bench().awaitEnd(handle);
    assertThat(parts(handle)).containsExactly("200", "it's \"0.25\"");
  }

  @Test
  final void the_program_knows_its_run_and_attempt() throws Exception {
    Workload workload =
        bench().job(Job.VARIABLES, "WHERRY_RUN_ID", "WHERRY_ATTEMPT").attempt(2).workload();
    WorkloadHandle handle = bench().launch(workload);

    bench().awaitEnd(handle);
    assertThat(parts(handle)).containsExactly(workload.key().runId(), "2");
  }

  @Test
  final void standard_input_is_empty() throws Exception {
    WorkloadHandle handle = bench().job(Job.STANDARD_INPUT).launch();

    bench().awaitEnd(handle);
    assertThat(bench().text(handle)).isEqualTo("end\n");
  }

  @Test
  final void exit_codes_come_back() throws Exception {
    for (int code : new int[] {0, 1, 2, 126, 127, 255}) {
      Ended end = bench().awaitEnd(bench().job(Job.EXIT, Integer.toString(code)).launch());

      assertThat(end.exitCode()).isEqualTo(code);
      assertThat(end.cause()).isEqualTo(Cause.EXITED);
    }
  }

  @Test
  final void a_program_that_a_signal_ended_did_not_succeed() throws Exception {
    Ended end = bench().awaitEnd(bench().job(Job.KILLS_ITSELF).launch());

    assertThat(end.cause()).isIn(Cause.EXITED, Cause.SIGNALED);
    assertThat(end.exitCode()).isIn(null, 137);
  }

  @Test
  final void a_program_that_is_not_there_is_refused_or_ends_with_127() throws Exception {
    Program program = new Program.Command(List.of("no-such-program-of-the-contract", "x"));
    Workload workload = new JobDraft(bench(), program, bench().newRun()).workload();
    LaunchPlan plan = bench().backend().plan(List.of(workload));
    if (!plan.violations().isEmpty()) {
      assertThat(plan.violations().toString()).contains("no-such-program-of-the-contract");
      return;
    }
    Ended end;
    try {
      end = bench().awaitEnd(bench().launch(workload));
    } catch (BackendException e) {
      assertThat(e.kind()).isEqualTo(BackendException.Kind.REJECTED);
      assertThat(e).hasMessageContaining("no-such-program-of-the-contract");
      return;
    }
    assertThat(end.exitCode() == null ? 127 : end.exitCode()).isEqualTo(127);
    assertThat(end.cause()).isIn(Cause.EXITED, Cause.NOT_STARTED);
  }

  @Test
  final void all_of_a_batch_are_launched() throws Exception {
    Workload one = bench().job(Job.EXIT, "0").workload();
    Workload two = bench().job(Job.EXIT, "3").workload();

    Map<LaunchKey, WorkloadHandle> handles = bench().launch(bench().backend(), List.of(one, two));
    WorkloadHandle first = requireNonNull(handles.get(one.key()));
    WorkloadHandle second = requireNonNull(handles.get(two.key()));

    assertThat(second).isNotEqualTo(first);
    assertThat(bench().awaitEnd(first).exitCode()).isZero();
    assertThat(bench().awaitEnd(second).exitCode()).isEqualTo(3);
  }

  private List<String> parts(WorkloadHandle handle) throws BackendException {
    String text = bench().text(handle);
    assertThat(text).endsWith("\0");
    return List.of(text.substring(0, text.length() - 1).split("\0", -1));
  }
}
