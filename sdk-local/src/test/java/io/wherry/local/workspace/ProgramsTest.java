package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.LogLine;
import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Programs that make it hard. */
final class ProgramsTest extends WorkspaceTest {
  /** Raise to 1024 for the whole gigabyte. */
  private static final int BIG_MIB = Integer.getInteger("wherry.test.bigLogMiB", 64);

  @Test
  void a_program_that_ignores_the_polite_stop_is_killed_after_its_grace() {
    Run run =
        sh("stubborn", "trap '' TERM; echo ready; while :; do sleep 0.1; done")
            .grace(Duration.ofMillis(300))
            .submit();
    awaitText(run, "ready\n");
    run.cancel();
    RunResult result = await(run);

    assertThat(result.outcome()).isEqualTo(Outcome.CANCELED);
    assertThat(result.exitCode()).hasValue(137);
  }

  @Test
  void grandchildren_end_with_a_canceled_run_also_those_with_a_session_of_their_own() {
    Run run =
        sh(
                "family",
                "sleep 600 & setsid sleep 601 & (setsid sh -c 'sleep 602; :' &) ; echo ready; wait")
            .submit();
    awaitText(run, "ready\n");
    assertThat(processesOf(ws.id())).hasSizeGreaterThan(3);
    run.cancel();

    assertThat(await(run).outcome()).isEqualTo(Outcome.CANCELED);
    until("the family has ended", () -> processesOf(ws.id()).isEmpty());
  }

  @Test
  void what_a_program_leaves_behind_when_it_ends_by_itself_is_ended_too() {
    RunResult result =
        await(sh("leaver", "sleep 600 & setsid sleep 601 >/dev/null 2>&1 & echo done").submit());

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(result.duration()).isLessThan(Duration.ofSeconds(30));
    until("nothing is left", () -> processesOf(ws.id()).isEmpty());
  }

  @Test
  void a_program_may_close_its_streams_and_go_on() throws IOException {
    Path proof = temp.resolve("proof");
    RunResult result =
        await(
            sh("silent", "echo last words; exec >&- 2>&-; sleep 0.3; : >'" + proof + "'").submit());

    assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(proof).exists();
    assertThat(ws.runs().get("silent-1").logs().text()).isEqualTo("last words\n");
  }

  @Test
  void a_very_long_log_is_complete_by_bytes_and_by_lines() {
    long line = 64;
    long lines = BIG_MIB * 1024L * 1024L / line;
    Run run =
        sh(
                "big",
                "yes 123456789012345678901234567890123456789012345678901234567890123 | head -n "
                    + lines)
            .submit();

    assertThat(await(run).outcome()).isEqualTo(Outcome.SUCCEEDED);
    AtomicLong bytes = new AtomicLong();
    run.logs()
        .out()
        .copyTo(
            new OutputStream() {
              @Override
              public void write(int b) {
                bytes.incrementAndGet();
              }

              @Override
              public void write(byte[] b, int off, int len) {
                bytes.addAndGet(len);
              }
            });
    assertThat(bytes).hasValue(lines * line);
    assertThat(run.logs().size()).isEqualTo(lines * line);
    try (Stream<LogLine> all = run.logs().out().lines()) {
      assertThat(all.filter(l -> l.text().length() == line - 1 && !l.continued()).count())
          .isEqualTo(lines);
    }
    assertThat(run.logs().last(3)).hasSize(3);
  }

  @Test
  void bytes_that_are_no_text_are_kept_as_they_are() throws IOException {
    Run run = sh("binary", "printf 'a\\377\\376b\\303\\n\\000c\\n'").submit();
    await(run);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    run.logs().out().copyTo(bytes);

    assertThat(bytes.toByteArray())
        .isEqualTo("a\377\376b\303\n\0c\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(run.logs().lines())
        .extracting(LogLine::text)
        .hasSize(2)
        .first()
        .asString()
        .startsWith("a")
        .contains("b");
  }

  @Test
  void a_line_without_an_end_comes_in_pieces_and_loses_nothing() {
    int length = 3_000_000;
    Run run = sh("line", "head -c " + length + " /dev/zero | tr '\\0' x").submit();
    await(run);

    try (Stream<LogLine> lines = run.logs().out().lines()) {
      List<LogLine> all = lines.toList();
      assertThat(all.stream().mapToLong(l -> l.text().length()).sum()).isEqualTo(length);
      assertThat(all).hasSizeGreaterThan(1);
      assertThat(all.subList(0, all.size() - 1)).allMatch(LogLine::continued);
      assertThat(all.get(all.size() - 1).continued()).isFalse();
    }
    assertThat(run.logs().text()).hasSize(length);
  }

  @Test
  void a_program_that_ends_before_the_first_look_is_no_trouble() {
    List<Run> runs =
        Stream.generate(() -> ws.run("quick").command("true").submit()).limit(30).toList();

    assertThat(runs)
        .allSatisfy(run -> assertThat(await(run).outcome()).isEqualTo(Outcome.SUCCEEDED));
  }

  @Test
  void standard_input_is_empty() {
    assertThat(await(sh("reader", "cat; echo end of input").submit()).outcome())
        .isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void a_memory_hog_is_told_apart_where_limits_can_be_kept() {
    boolean limits =
        ws.compute()
            .get("local")
            .capabilities()
            .orElseThrow()
            .features()
            .contains(Feature.DETECTS_OUT_OF_MEMORY);
    assumeTrue(limits, "memory limits cannot be kept here");
    RunResult result =
        await(
            sh("hog", "head -c 400000000 /dev/zero | tail")
                .resources(r -> r.memoryLimit("64MiB"))
                .submit());

    assertThat(result.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
  }

  private static void awaitText(Run run, String text) {
    until(
        run.id() + " prints " + text.strip(),
        () -> run.state() == RunState.RUNNING && run.logs().out().text().equals(text));
  }
}
