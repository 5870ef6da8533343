package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.Feature;
import io.wherry.spec.Program;
import io.wherry.spi.BackendException;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Channel;
import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Content that was put before the launch is what the program sees. */
abstract class StagingGroup extends Group {
  @Test
  final void a_blob_is_missing_until_it_was_put_and_again_after_its_deletion() throws Exception {
    BlobStore staging = bench().backend().staging();
    byte[] content = random();
    Digest digest = Digests.of(content);
    Path file = Files.write(bench().newFolder("content").resolve("blob"), content);

    assertThat(staging.missing(Set.of(digest))).containsExactly(digest);
    staging.put(digest, file);
    staging.put(digest, file);
    assertThat(staging.missing(Set.of(digest))).isEmpty();
    assertThat(Bench.contentOf(staging, digest)).isEqualTo(content);
    staging.delete(Set.of(digest));
    staging.delete(Set.of(digest));
    assertThat(staging.missing(Set.of(digest))).containsExactly(digest);
  }

  @Test
  final void bytes_that_do_not_have_their_digest_are_refused_and_not_kept() throws Exception {
    BlobStore staging = bench().backend().staging();
    Digest digest = Digests.of(random());
    Path other = Files.write(bench().newFolder("content").resolve("blob"), random());

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> staging.put(digest, other))
        .matches(e -> e.kind() == BackendException.Kind.REJECTED, "is REJECTED");
    assertThat(staging.missing(Set.of(digest))).containsExactly(digest);
  }

  @Test
  final void the_source_is_the_working_folder() throws Exception {
    Path source = bench().newFolder("source");
    Files.writeString(source.resolve("a.txt"), "one");
    Files.createDirectories(source.resolve("dir with space"));
    Files.writeString(source.resolve("dir with space/b.txt"), "two");

    WorkloadHandle handle =
        bench()
            .job(Job.FILES, "a.txt", "dir with space/b.txt")
            .source(bench().tree(source))
            .launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    assertThat(bench().text(handle)).isEqualTo("onetwo");
  }

  @Test
  final void without_a_source_the_working_folder_is_empty() throws Exception {
    WorkloadHandle handle = bench().job(Job.COUNT_FILES).launch();

    bench().awaitEnd(handle);
    assertThat(bench().text(handle).strip()).isEqualTo("0");
  }

  @Test
  final void executable_files_of_the_source_can_be_run() throws Exception {
    Path source = bench().newFolder("source");
    Path tool = Files.writeString(source.resolve("tool"), "#!/bin/sh\necho tool\n");
    assertThat(tool.toFile().setExecutable(true)).isTrue();

    WorkloadHandle handle = bench().job(Job.RUN_TOOL).source(bench().tree(source)).launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    assertThat(bench().text(handle)).isEqualTo("tool\n");
  }

  @Test
  final void what_a_program_does_to_its_source_no_other_run_sees() throws Exception {
    Path source = bench().newFolder("source");
    Files.writeString(source.resolve("a.txt"), "one");
    Content.Tree tree = bench().tree(source);

    WorkloadHandle spoiler = bench().job(Job.USE_FOLDER).source(tree).launch();
    assertThat(bench().awaitEnd(spoiler).exitCode()).isZero();
    WorkloadHandle next = bench().job(Job.USE_FOLDER).source(tree).launch();
    bench().awaitEnd(next);
    WorkloadHandle reader = bench().job(Job.FILES, "a.txt").source(tree).launch();
    bench().awaitEnd(reader);

    assertThat(bench().text(next)).isEqualTo("clean\n");
    assertThat(bench().text(reader)).isEqualTo("one");
  }

  @Test
  final void an_input_may_be_a_file() throws Exception {
    byte[] content = random();

    WorkloadHandle handle = bench().job(Job.INPUT).input("data", bench().blob(content)).launch();

    bench().awaitEnd(handle);
    assertThat(bench().bytes(handle, 0, Channel.OUT)).isEqualTo(content);
  }

  @Test
  final void an_input_may_be_a_folder() throws Exception {
    Path folder = bench().newFolder("input");
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/part"), "inside");

    WorkloadHandle handle =
        bench().job(Job.INPUT, "sub/part").input("data", bench().tree(folder)).launch();

    bench().awaitEnd(handle);
    assertThat(bench().text(handle)).isEqualTo("inside");
  }

  @Test
  final void a_java_program_finds_its_class_path() throws Exception {
    Program.Java program =
        new Program.Java(
            JavaJob.class.getName(),
            List.of(bench().tree(classFolder())),
            List.of("-Xmx32m"),
            List.of("an argument", ""));
    JobDraft job = new JobDraft(bench(), program, bench().newRun());
    if (!bench().has(Feature.JAVA)) {
      bench().assertRefused(job, "main");
      return;
    }

    WorkloadHandle handle = job.launch();

    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    assertThat(bench().text(handle)).isEqualTo("an argument\0\0");
  }

  @Test
  final void content_that_was_never_staged_is_refused_at_launch() {
    JobDraft job =
        bench().job(Job.INPUT).input("data", new Content.Blob(Digests.of(random()), "data"));

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(job::launch)
        .matches(e -> e.kind() == BackendException.Kind.REJECTED, "is REJECTED");
  }

  /** A folder of its own, with the class of the Java job alone. */
  private Path classFolder() throws IOException {
    Path folder = bench().newFolder("classes");
    String file = JavaJob.class.getName().replace('.', '/') + ".class";
    Path target = folder.resolve(file);
    Files.createDirectories(target.getParent());
    try (InputStream in = JavaJob.class.getModule().getResourceAsStream(file)) {
      Files.write(target, in.readAllBytes());
    }
    return folder;
  }

  private static byte[] random() {
    return UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
  }
}
