package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Cause;
import io.wherry.spec.Feature;
import io.wherry.spi.Channel;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Another client goes on where the first one left. */
abstract class ReattachGroup extends Group {
  @Test
  final void another_client_finds_what_runs_and_what_has_ended() throws Exception {
    Workload running = bench().job(Job.SLEEP, "600").workload();
    Workload ended = bench().job(Job.EXIT, "0").workload();
    WorkloadHandle runningHandle = bench().launch(running);
    WorkloadHandle endedHandle = bench().launch(ended);
    bench().awaitEnd(endedHandle);
    bench().backend().close();

    assertThat(bench().open().find(bench().context().workspaceId()))
        .containsOnly(Map.entry(running.key(), runningHandle), Map.entry(ended.key(), endedHandle));
  }

  @Test
  final void workloads_of_another_workspace_are_not_found() throws Exception {
    bench().job(Job.SLEEP, "600").launch();

    assertThat(bench().backend().find("contract-of-nobody")).isEmpty();
  }

  @Test
  final void a_client_that_closes_stops_nothing() throws Exception {
    if (!bench().has(Feature.SURVIVES_CLIENT)) {
      assertThat(bench().capabilities().features()).doesNotContain(Feature.SURVIVES_CLIENT);
      return;
    }
    WorkloadHandle handle = bench().job(Job.SLEEP, "2").launch();
    bench().awaitBegun(handle);
    bench().backend().close();
    bench().backend().close();
    bench().pause(Duration.ofSeconds(1));

    WorkloadBackend later = bench().open();
    assertThat(bench().awaitEnd(later, handle).exitCode()).isZero();
    assertThat(textOf(later, handle, Cursor.START)).isEqualTo("begun\ndone\n");
  }

  @Test
  final void what_ends_while_no_client_is_there_is_told_to_the_next() throws Exception {
    if (!bench().has(Feature.SURVIVES_CLIENT)) {
      assertThat(bench().capabilities().features()).doesNotContain(Feature.SURVIVES_CLIENT);
      return;
    }
    WorkloadHandle handle = bench().job(Job.EXIT, "3").launch();
    bench().backend().close();
    bench().pause(Duration.ofSeconds(1));

    assertThat(bench().awaitEnd(bench().open(), handle).exitCode()).isEqualTo(3);
  }

  @Test
  final void another_client_reads_on_from_a_stored_cursor() throws Exception {
    WorkloadHandle handle = bench().job(Job.SLEEP, "1").launch();
    bench().awaitBegun(handle);
    StreamRef out = new StreamRef(handle, 0, 0, Channel.OUT);
    Chunk chunk = bench().chunk(out, Cursor.START, 4);
    String stored = chunk.next().token();
    bench().backend().close();

    WorkloadBackend later = bench().open();
    bench().awaitEnd(later, handle);
    assertThat(new String(chunk.bytes(), StandardCharsets.UTF_8))
        .isEqualTo("begu".substring(0, chunk.bytes().length));
    assertThat(textOf(later, handle, new Cursor(stored)))
        .isEqualTo("begun\ndone\n".substring(chunk.bytes().length));
  }

  @Test
  final void another_client_stops_and_collects_and_releases() throws Exception {
    WorkloadHandle stopped = bench().job(Job.OBEDIENT).launch();
    bench().awaitBegun(stopped);
    WorkloadHandle written = bench().job(Job.WRITE_FILE).outputs("result").launch();
    bench().awaitEnd(written);
    bench().backend().close();

    WorkloadBackend later = bench().open();
    later.stop(Set.of(stopped), Duration.ofMinutes(1));
    assertThat(bench().awaitEnd(later, stopped).cause()).isEqualTo(Cause.STOPPED);
    Path into = bench().newFolder("collected");
    later.collect(written, Set.of("result"), into);
    assertThat(into.resolve("result")).hasContent("content");
    later.release(Set.of(stopped, written));
    assertThat(later.find(bench().context().workspaceId())).isEmpty();
  }

  @Test
  final void a_handle_is_as_good_as_its_text() throws Exception {
    WorkloadHandle handle = bench().job(Job.EXIT, "3").launch();
    WorkloadHandle read = WorkloadHandle.parse(handle.toString());

    assertThat(read).isEqualTo(handle);
    assertThat(bench().awaitEnd(bench().open(), read).exitCode()).isEqualTo(3);
  }

  private String textOf(WorkloadBackend backend, WorkloadHandle handle, Cursor from)
      throws Exception {
    StreamRef out = new StreamRef(handle, 0, 0, Channel.OUT);
    return new String(bench().bytes(backend, out, from, 1 << 20), StandardCharsets.UTF_8);
  }
}
