package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Outputs come back whole. */
abstract class CollectingGroup extends Group {
  private static final String FOLDER = "my-model.v1";

  @Test
  final void a_file_comes_back_under_its_name() throws Exception {
    WorkloadHandle handle = ended(bench().job(Job.WRITE_FILE).outputs("result"));
    Path into = bench().newFolder("collected");

    bench().backend().collect(handle, Set.of("result"), into);

    assertThat(filesIn(into)).isEqualTo(Map.of("result", "content"));
  }

  @Test
  final void a_folder_comes_back_with_all_its_files() throws Exception {
    WorkloadHandle handle = ended(bench().job(Job.WRITE_FOLDER).outputs(FOLDER));
    Path into = bench().newFolder("collected");

    bench().backend().collect(handle, Set.of(FOLDER), into);

    assertThat(filesIn(into))
        .containsEntry(FOLDER + "/sub/a", "a")
        .containsEntry(FOLDER + "/with space/it's \"b\" $x", "b")
        .containsEntry(FOLDER + "/empty", "")
        .containsValue("c")
        .hasSize(4);
  }

  @Test
  final void what_was_not_written_is_left_out() throws Exception {
    WorkloadHandle handle = ended(bench().job(Job.WRITE_FILE).outputs("result", "never"));
    Path into = bench().newFolder("collected");

    bench().backend().collect(handle, Set.of("result", "never"), into);

    assertThat(filesIn(into)).containsOnlyKeys("result");
    assertThat(into.resolve("never")).doesNotExist();
  }

  @Test
  final void only_what_was_asked_for_comes_back() throws Exception {
    WorkloadHandle handle = ended(bench().job(Job.WRITE_FILE).outputs("result", "never"));
    Path into = bench().newFolder("collected");

    bench().backend().collect(handle, Set.of(), into);

    assertThat(into).isEmptyDirectory();
  }

  @Test
  final void collected_again_to_the_same_place_it_is_the_same_also_by_another_client()
      throws Exception {
    WorkloadHandle handle = ended(bench().job(Job.WRITE_FOLDER).outputs(FOLDER));
    Path into = bench().newFolder("collected");
    bench().backend().collect(handle, Set.of(FOLDER), into);
    Map<String, String> once = filesIn(into);

    bench().backend().collect(handle, Set.of(FOLDER), into);
    bench().open().collect(handle, Set.of(FOLDER), into);

    assertThat(filesIn(into)).isEqualTo(once).isNotEmpty();
  }

  private WorkloadHandle ended(JobDraft job) throws Exception {
    WorkloadHandle handle = job.launch();
    assertThat(bench().awaitEnd(handle).exitCode()).isZero();
    return handle;
  }

  private static Map<String, String> filesIn(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }
}
