package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.PruneReport;
import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is kept and what goes. */
final class RetentionTest extends WorkspaceTest {
  @Test
  void a_deleted_run_is_gone_with_all_that_it_left() throws IOException {
    Run run =
        sh("gone", "echo x; echo y >$WHERRY_OUTPUT_O; printf 'metric a=1\\n' >>$WHERRY_EVENTS")
            .output("o")
            .submit();
    await(run);
    ws.runs().delete(run.id());
    ws.runs().delete(run.id());

    assertThat(ws.runs().find("gone-1")).isEmpty();
    assertThat(home.resolve("runs/gone-1")).doesNotExist();
    assertThatThrownBy(run::state)
        .isInstanceOfSatisfying(
            WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    assertThat(sh("gone", "true").submit().id()).as("ids never come back").isEqualTo("gone-2");
  }

  @Test
  void a_run_that_has_not_ended_cannot_be_deleted() {
    Run run = sh("busy", "sleep 600").submit();
    awaitState(run, RunState.RUNNING);

    assertThatThrownBy(() -> ws.runs().delete(run.id()))
        .isInstanceOfSatisfying(
            WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.CONFLICT))
        .hasMessageContaining("cancel it");
    assertThat(ws.prune(Duration.ZERO).runs()).isZero();
    assertThat(run.state()).isEqualTo(RunState.RUNNING);
  }

  @Test
  void pruning_keeps_what_something_still_refers_to() throws IOException {
    Path shared = file("shared/data.txt", "shared").getParent();
    Path lonely = file("lonely/data.txt", "lonely").getParent();
    ws.data().register("kept", file("named.txt", "named"));
    RunResult made =
        await(sh("maker", "echo made >$WHERRY_OUTPUT_O").source(lonely).output("o").submit());
    await(sh("old", "true").source(shared).submit());
    Path go = temp.resolve("go");
    Run young =
        sh("young", "until [ -e '" + go + "' ]; do sleep 0.02; done; cat $WHERRY_INPUT_I data.txt")
            .source(shared)
            .input("i", made.output("o"))
            .submit();
    awaitState(young, RunState.RUNNING);
    int before = blobs().size();
    ws.close();
    // an hour is the grace of blobs; two days later all of them are old
    ws =
        withSlots(
            Workspace.builder(home)
                .clock(Clock.offset(Clock.systemUTC(), Duration.ofDays(2)))
                .open(),
            "4");
    PruneReport report = ws.prune(Duration.ofDays(1));

    assertThat(report.runs()).isEqualTo(2);
    assertThat(report.blobs()).as("the lonely source at least").isPositive();
    assertThat(blobs()).hasSize(before - report.blobs());
    Files.createFile(go);
    Run again = ws.runs().get("young-1");
    assertThat(await(again).outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(again.logs().out().text()).isEqualTo("made\nshared");
    Run named =
        sh("named", "cat $WHERRY_INPUT_N data.txt").source(shared).input("n", "kept").submit();
    await(named);
    assertThat(named.logs().out().text()).isEqualTo("namedshared");
  }

  private List<Path> blobs() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("blobs"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(f -> f.getFileName().toString().length() == 64)
          .toList();
    }
  }
}
