package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wherry.spec.Feature;
import io.wherry.spec.Secret;
import io.wherry.spi.BackendException;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Secret values reach the program and nothing else. */
abstract class SecretsGroup extends Group {
  private static final String VALUE = "v4lue-0f-the ' contract's $key";
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---r-xr-x");

  @Test
  final void the_value_reaches_the_program_but_no_command_line() throws Exception {
    JobDraft job = secretive(Job.SECRET);
    if (!bench().has(Feature.SECRETS)) {
      bench().assertRefused(job, "secret");
      return;
    }
    WorkloadHandle handle = job.launch();
    bench().awaitEnd(handle);

    List<String> lines = bench().text(handle).lines().toList();
    assertThat(lines.get(0)).isEqualTo(VALUE);
    assertThat(lines.subList(1, lines.size())).noneMatch(line -> line.contains(VALUE));
  }

  @Test
  final void the_value_is_in_nothing_that_the_backend_says() throws Exception {
    JobDraft job = secretive(Job.SLEEP, "1");
    if (!bench().has(Feature.SECRETS)) {
      bench().assertRefused(job, "secret");
      return;
    }
    Workload workload = job.workload();
    List<String> said = new ArrayList<>();
    said.add(bench().backend().plan(List.of(workload)).describe());
    WorkloadHandle handle = bench().launch(workload);
    said.add(handle.toString());
    said.add(bench().observe(handle).toString());
    bench().awaitActive(handle);
    said.addAll(bench().fixture().processes(bench().mark()));
    said.add(bench().awaitEnd(handle).toString());
    said.add(bench().backend().plan(List.of(workload)).describe());
    said.add(bench().backend().find(bench().context().workspaceId()).toString());

    assertThat(said).noneMatch(word -> word.contains(VALUE));
  }

  @Test
  final void the_description_shows_the_reference() throws Exception {
    JobDraft job = secretive(Job.EXIT, "0");
    if (!bench().has(Feature.SECRETS)) {
      bench().assertRefused(job, "secret");
      return;
    }

    assertThat(bench().backend().plan(List.of(job.workload())).describe())
        .contains("named:contract.key");
  }

  @Test
  final void files_that_hold_the_value_are_for_the_owner_alone_and_go_with_the_run()
      throws Exception {
    JobDraft job = secretive(Job.SLEEP, "1");
    if (!bench().has(Feature.SECRETS)) {
      bench().assertRefused(job, "secret");
      return;
    }
    WorkloadHandle handle = job.launch();
    bench().awaitActive(handle);
    for (Path file : filesWithTheValue()) {
      assertThat(file).as("readable by its owner alone").matches(this::isPrivate);
    }
    bench().awaitEnd(handle);
    bench().backend().release(Set.of(handle));

    assertThat(filesWithTheValue()).isEmpty();
  }

  /**
   * It is the run's trouble; {@code UNAUTHORIZED} would make the target unavailable to all others.
   */
  @Test
  final void a_secret_without_a_value_is_rejected_and_nothing_starts() throws Exception {
    JobDraft job = bench().job(Job.EXIT, "0").secret("API_KEY", Secret.named("contract.none"));
    if (!bench().has(Feature.SECRETS)) {
      bench().assertRefused(job, "secret");
      return;
    }

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(job::launch)
        .withMessageContaining("named:contract.none")
        .matches(e -> e.kind() == BackendException.Kind.REJECTED, "is REJECTED");
    assertThat(bench().backend().find(bench().context().workspaceId())).isEmpty();
  }

  private JobDraft secretive(Job job, String... arguments) {
    bench().context().secret("contract.key", VALUE);
    return bench().job(job, arguments).secret("API_KEY", Secret.named("contract.key"));
  }

  /** Also in a quoted form, as a script would have it. */
  private List<Path> filesWithTheValue() throws IOException {
    List<Path> found = new ArrayList<>();
    Path folder = bench().context().runsFolder();
    if (Files.notExists(folder)) {
      return found;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains("v4lue-0f-the")) {
          found.add(file);
        }
      }
    }
    return found;
  }

  /** Itself or by a folder of the run that nobody else may enter. */
  private boolean isPrivate(Path file) {
    Path runs = bench().context().runsFolder();
    for (Path p = file; p != null && !p.equals(runs); p = p.getParent()) {
      try {
        if (Collections.disjoint(Files.getPosixFilePermissions(p), OTHERS)) {
          return true;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return false;
  }
}
