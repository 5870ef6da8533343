package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.Explanation;
import io.wherry.RunDraft;
import io.wherry.spec.TargetSpec;
import io.wherry.spec.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dry run. */
final class ExplainTest extends WorkspaceTest {
  @Test
  void an_accepted_draft_is_shown_as_it_would_be_asked_for() throws IOException {
    Path source = file("source/train.py", "pass").getParent();
    Explanation why =
        ws.run("shown")
            .source(source)
            .command("python3", "train.py", "--trees", "{trees}")
            .param("trees", 200)
            .explain();

    assertThat(why.reasons()).as(why::toString).isEmpty();
    assertThat(why.accepted()).isTrue();
    assertThat(why.request()).contains("python3 train.py --trees 200");
    assertThat(why.toString()).contains("local", "accepted");
  }

  @Test
  void a_refused_draft_says_everything_and_who_would_take_it() {
    ws.compute()
        .attach(
            "big",
            TargetSpec.of(
                "local", Map.of("slots", "64", "slotFolder", temp.resolve("big").toString())));
    RunDraft draft = ws.run("wide").command("true").resources(r -> r.cpus(32));
    Explanation why = draft.explain();

    assertThat(why.accepted()).isFalse();
    assertThat(why.reasons()).extracting(Violation::path).containsExactly("resources.cpus");
    assertThat(why.alternatives()).containsExactly("big");
    assertThat(why.toString())
        .contains("refused by local", "resources.cpus = 32", "the largest node has 4 CPUs", "big");
    assertThat(draft.on("big").explain().accepted()).isTrue();
  }

  @Test
  void it_starts_nothing_and_touches_nothing_outside_the_workspace() throws IOException {
    Path source = file("source/big.txt", "content").getParent();
    Path input = file("input/data.csv", "1,2").getParent();
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "wherry");
    ws.run("before").command("true").explain(); // whatever is made once, is made
    Map<String, String> before = new TreeMap<>(picture(temp));
    before.putAll(picture(cache));
    Explanation why =
        ws.run("dry")
            .source(source)
            .input("data", input)
            .output("model")
            .command("sh", "-c", "echo started >'" + temp.resolve("started") + "'")
            .explain();
    assertThat(why.accepted()).as(why::toString).isTrue();
    Map<String, String> after = new TreeMap<>(picture(temp));
    after.putAll(picture(cache));

    assertThat(after).isEqualTo(before);
    assertThat(ws.runs().list(10)).isEmpty();
    assertThat(processesOf(ws.id())).isEmpty();
    assertThat(ws.folder().resolve("runs")).doesNotExist();
  }

  @Test
  void an_unknown_target_is_explained_too() {
    Explanation why = ws.run("x").on("hpc").command("true").explain();

    assertThat(why.accepted()).isFalse();
    assertThat(why.reasons().toString()).contains("hpc", "[local]", "attach it");
  }

  /** Every file outside the workspace with its size and times. */
  private Map<String, String> picture(Path folder) throws IOException {
    Map<String, String> picture = new TreeMap<>();
    if (!Files.exists(folder)) {
      return picture;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(f -> !f.startsWith(home))
          .forEach(
              f -> {
                try {
                  Map<String, Object> seen =
                      Files.readAttributes(
                          f,
                          "unix:size,lastModifiedTime,ctime,ino,mode",
                          LinkOption.NOFOLLOW_LINKS);
                  picture.put(f.toString(), new TreeMap<>(seen).toString());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
    return picture;
  }
}
