package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Feature;
import io.wherry.spi.Channel;
import io.wherry.spi.LocalStreams;
import io.wherry.spi.Observation;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing stays behind. */
abstract class ReleasingGroup extends Group {
  @Test
  final void a_released_workload_is_not_found_and_does_not_come_back() throws Exception {
    Workload workload = bench().job(Job.EXIT, "0").workload();
    WorkloadHandle handle = bench().launch(workload);
    bench().awaitEnd(handle);
    bench().backend().release(Set.of(handle));

    assertThat(bench().backend().find(bench().context().workspaceId()))
        .doesNotContainKey(workload.key());
    assertThat(bench().observe(handle))
        .isInstanceOfAny(Observation.Missing.class, Observation.Ended.class);
  }

  @Test
  final void releasing_again_changes_nothing() throws Exception {
    WorkloadHandle handle = bench().job(Job.EXIT, "0").launch();
    bench().awaitEnd(handle);
    bench().backend().release(Set.of(handle));
    bench().backend().release(Set.of(handle));
    bench().open().release(Set.of(handle));
    bench().backend().release(Set.of());

    assertThat(bench().observe(handle))
        .isInstanceOfAny(Observation.Missing.class, Observation.Ended.class);
  }

  @Test
  final void only_the_named_ones_are_released() throws Exception {
    WorkloadHandle released = bench().job(Job.EXIT, "0").launch();
    WorkloadHandle other = bench().job(Job.EXIT, "3").launch();
    bench().awaitEnd(released);
    Observation end = bench().awaitEnd(other);
    bench().backend().release(Set.of(released));

    assertThat(bench().observe(other)).isEqualTo(end);
    assertThat(bench().text(other)).isEqualTo("begun\n");
  }

  @Test
  final void processes_that_the_program_left_end() throws Exception {
    WorkloadHandle handle = bench().job(Job.LEAVE_CHILD).launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    bench().backend().release(Set.of(handle));
    assertThat(bench().fixture().processes(bench().mark())).isEmpty();
  }

  @Test
  final void processes_that_fled_end_too_where_that_is_declared() throws Exception {
    if (!bench().has(Feature.KILLS_ESCAPED_PROCESSES)) {
      assertThat(bench().fixture().processes(bench().mark())).isEmpty();
      return;
    }
    WorkloadHandle handle = bench().job(Job.LEAVE_FUGITIVE).launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    bench().backend().release(Set.of(handle));
    assertThat(bench().fixture().processes(bench().mark())).isEmpty();
  }

  @Test
  final void nothing_that_the_run_brought_or_made_stays_except_lent_streams() throws Exception {
    String trace = "trace-" + UUID.randomUUID();
    Path source = bench().newFolder("source");
    Files.writeString(source.resolve("a.txt"), trace);
    WorkloadHandle handle =
        bench()
            .job(Job.WRITE_FILE, trace)
            .source(bench().tree(source))
            .param("trees", trace)
            .env("TRACE", trace)
            .outputs("result")
            .launch();
    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    Set<Path> lent = lentStreams(handle);
    bench().backend().release(Set.of(handle));

    try (Stream<Path> paths = Files.walk(bench().context().runsFolder())) {
      for (Path file : paths.filter(p -> Files.isRegularFile(p) && !lent.contains(p)).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as("what %s holds", file)
            .doesNotContain(trace);
        assertThat(file.getFileName().toString()).isNotEqualTo("result");
      }
    }
  }

  @Test
  final void a_lent_stream_can_still_be_read() throws Exception {
    WorkloadHandle handle = bench().job(Job.EXIT, "0").launch();
    bench().awaitEnd(handle);
    Optional<LocalStreams> lender = bench().backend().facet(LocalStreams.class);
    bench().backend().release(Set.of(handle));

    if (lender.isPresent()) {
      StreamRef out = new StreamRef(handle, 0, 0, Channel.OUT);
      assertThat(lender.get().file(out).orElseThrow()).hasContent("begun\n");
    } else {
      assertThat(bench().text(handle)).isEmpty();
    }
  }

  private Set<Path> lentStreams(WorkloadHandle handle) {
    Set<Path> files = new HashSet<>();
    for (Channel channel : Channel.values()) {
      bench()
          .backend()
          .facet(LocalStreams.class)
          .flatMap(lender -> lender.file(new StreamRef(handle, 0, 0, channel)))
          .ifPresent(files::add);
    }
    return files;
  }
}
