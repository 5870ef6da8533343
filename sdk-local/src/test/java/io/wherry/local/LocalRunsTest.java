package io.wherry.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.spec.Cause;
import io.wherry.spec.Content;
import io.wherry.spec.Program;
import io.wherry.spec.Secret;
import io.wherry.spi.BackendException;
import io.wherry.spi.Channel;
import io.wherry.spi.Cursor;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Observation;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees and leaves, from launch to release. */
class LocalRunsTest {

  @TempDir Path folder;
  private Bed bed;

  @BeforeEach
  void open() {
    bed = new Bed(folder);
  }

  @AfterEach
  void close() throws Exception {
    bed.close();
  }

  @Test
  void exit_code_times_and_both_streams_are_kept() throws Exception {
    Instant before = Instant.now().minusSeconds(1);
    WorkloadHandle handle = bed.launch(TestSpec.sh("echo hello; echo woe >&2; exit 3"));
    Observation.Ended ended = bed.ended(handle);
    assertThat(ended.exitCode()).isEqualTo(3);
    assertThat(ended.cause()).isEqualTo(Cause.EXITED);
    assertThat(ended.startedAt()).isAfter(before);
    assertThat(ended.endedAt()).isAfterOrEqualTo(ended.startedAt());
    assertThat(bed.text(handle, Channel.OUT)).isEqualTo("hello\n");
    assertThat(bed.text(handle, Channel.ERR)).isEqualTo("woe\n");
    assertThat(bed.woken.take()).isEqualTo(handle);
  }

  @Test
  void streams_are_read_on_from_a_cursor_and_lent_as_files() throws Exception {
    WorkloadHandle handle = bed.launch(TestSpec.sh("printf abcdef"));
    bed.ended(handle);
    StreamRef out = new StreamRef(handle, 0, 0, Channel.OUT);
    var first = bed.backend.read(Map.of(out, Cursor.START), 4).get(out);
    assertThat(first.bytes()).asString().isEqualTo("abcd");
    var second = bed.backend.read(Map.of(out, first.next()), 4).get(out);
    assertThat(second.bytes()).asString().isEqualTo("ef");
    assertThat(bed.backend.read(Map.of(out, second.next()), 4)).isEmpty();
    assertThat(bed.backend.file(out).orElseThrow()).hasContent("abcdef");
  }

  @Test
  void the_program_learns_about_its_run() throws Exception {
    WorkloadHandle handle =
        bed.launch(
            TestSpec.command("env", "-0")
                .param("learning-rate", "0.1")
                .env("MINE", "it's\n\"two\" lines $HOME `x` \\")
                .output("model")
                .processes(1));
    bed.ended(handle);
    Map<String, String> env = new HashMap<>();
    for (String line : bed.text(handle, Channel.OUT).split("\0")) {
      env.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    Path attempt = bed.attempt(handle).toAbsolutePath();
    assertThat(env)
        .containsEntry("WHERRY_RUN_ID", "run-1")
        .containsEntry("WHERRY_ATTEMPT", "1")
        .containsEntry("WHERRY_LAUNCH_KEY", bed.firstKey())
        .containsEntry("WHERRY_EVENTS", attempt.resolve("0/events-0").toString())
        .containsEntry("WHERRY_STOPPING", attempt.resolve("0/stopping").toString())
        .containsEntry("WHERRY_CHECKPOINT", attempt.resolveSibling("checkpoint").toString())
        .containsEntry("WHERRY_OUTPUT_MODEL", attempt.resolve("outputs/model").toString())
        .containsEntry("WHERRY_PARAM_LEARNING_RATE", "0.1")
        .containsEntry("WHERRY_GRACE", "5")
        .containsEntry("MINE", "it's\n\"two\" lines $HOME `x` \\")
        .containsEntry("RANK", "0")
        .containsEntry("LOCAL_RANK", "0")
        .containsEntry("NODE_RANK", "0")
        .containsEntry("WORLD_SIZE", "1")
        .containsEntry("MASTER_ADDR", "127.0.0.1");
    assertThat(Integer.parseInt(env.get("MASTER_PORT"))).isPositive();
    assertThat(env.get("PATH")).isEqualTo(System.getenv("PATH"));
    assertThat(env.keySet()).noneMatch(name -> name.startsWith("w_"));
    assertThat(Path.of(env.get("WHERRY_CHECKPOINT"))).isDirectory();
  }

  @Test
  void arguments_arrive_as_they_are() throws Exception {
    WorkloadHandle handle =
        bed.launch(TestSpec.command("printf", "[%s]", "a b", "", "'", "$x", "*", "\\n", "ü\n"));
    bed.ended(handle);
    assertThat(bed.text(handle, Channel.OUT)).isEqualTo("[a b][]['][$x][*][\\n][ü\n]");
  }

  @Test
  void source_and_inputs_are_there_and_outputs_come_back_once() throws Exception {
    Content.Tree tree = new Content.Tree(bed.context.add("a.txt=one\nb.txt=two"));
    Content.Blob blob = new Content.Blob(bed.context.add("three"), "c.csv");
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh(
                    "cat a.txt \"$WHERRY_INPUT_TREE/b.txt\" \"$WHERRY_INPUT_BLOB\""
                        + " \"$WHERRY_INPUT_PLACE\"; basename \"$WHERRY_INPUT_BLOB\"; echo changed"
                        + " >a.txt; mkdir \"$WHERRY_OUTPUT_MODEL\"; echo m"
                        + " >\"$WHERRY_OUTPUT_MODEL/f\"; chmod 500 \"$WHERRY_OUTPUT_MODEL\"")
                .source(tree)
                .input("tree", tree)
                .input("blob", blob)
                .input(
                    "place",
                    new Content.InPlace(
                        Files.writeString(folder.resolve("here"), "four\n").toString()))
                .output("model")
                .output("never"));
    assertThat(bed.ended(handle).exitCode()).isZero();
    assertThat(bed.text(handle, Channel.OUT)).isEqualTo("onetwothreefour\nc.csv\n");
    Path into = folder.resolve("into");
    bed.backend.collect(handle, Set.of("model", "never"), into);
    bed.backend.collect(handle, Set.of("model", "never"), into);
    assertThat(into.resolve("model/f")).hasContent("m");
    assertThat(into.resolve("never")).doesNotExist();
    bed.backend.release(Set.of(handle));
    bed.backend.release(Set.of(handle));
    assertThat(bed.attempt(handle).toFile().list()).containsExactly("0");
    assertThat(bed.context.sharedTree(tree.manifest()).resolve("a.txt")).hasContent("one");
    assertThat(bed.context.path(blob.digest())).isPresent();
    assertThat(bed.text(handle, Channel.OUT)).startsWith("one");
    assertThat(((Observation.Ended) bed.look(handle)).exitCode()).isZero();
    assertThat(bed.backend.find(bed.id())).isEmpty();
  }

  @Test
  void outputs_cross_file_systems() throws Exception {
    Path shared = Path.of("/dev/shm");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.isWritable(shared) && !Files.getFileStore(shared).equals(Files.getFileStore(folder)),
        "there is no second file system");
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh(
                    "mkdir -p \"$WHERRY_OUTPUT_M/d\"; echo x >\"$WHERRY_OUTPUT_M/d/f\"; ln -s d/f"
                        + " \"$WHERRY_OUTPUT_M/l\"; chmod +x \"$WHERRY_OUTPUT_M/d/f\"")
                .output("m"));
    bed.ended(handle);
    Path into = Files.createTempDirectory(shared, "wherry-test");
    try {
      bed.backend.collect(handle, Set.of("m"), into);
      bed.backend.collect(handle, Set.of("m"), into);
      assertThat(into.resolve("m/d/f")).hasContent("x").isExecutable();
      assertThat(into.resolve("m/l")).isSymbolicLink();
      assertThat(into.toFile().list()).containsExactly("m");
    } finally {
      Folders.delete(into);
    }
  }

  @Test
  void secrets_reach_the_program_and_nothing_else() throws Exception {
    bed.context.secret("token", "s3cr'et\nline");
    TestSpec spec = TestSpec.sh("printf %s \"$TOKEN\"").secret("TOKEN", Secret.named("token"));
    LaunchKey key = bed.key();
    String described = bed.backend.plan(List.of(new Workload(key, spec.build()))).describe();
    assertThat(described).contains("TOKEN = named:token").doesNotContain("s3cr");
    WorkloadHandle handle = bed.launch(key, spec.build());
    bed.ended(handle);
    assertThat(bed.text(handle, Channel.OUT)).isEqualTo("s3cr'et\nline");
    assertThat(bed.attempt(handle).resolve("secrets")).isEmptyFile();
    assertThat(Files.readString(bed.attempt(handle).resolve("job"))).doesNotContain("s3cr");
  }

  @Test
  void a_secret_that_cannot_be_resolved_takes_nothing() throws Exception {
    TestSpec spec = TestSpec.sh("true").secret("TOKEN", Secret.named("none")).resources(8, 0, 0);
    assertThatThrownBy(() -> bed.launch(spec))
        .isInstanceOfSatisfying(
            BackendException.class,
            e -> assertThat(e.kind()).isEqualTo(BackendException.Kind.REJECTED));
    assertThat(bed.run(TestSpec.sh("true").resources(8, 0, 0)).exitCode()).isZero();
  }

  @Test
  void a_java_program_runs_on_its_class_path() throws Exception {
    String classes = System.getProperty("java.class.path");
    List<Content> classPath =
        java.util.Arrays.stream(classes.split(":"))
            .filter(p -> Files.exists(Path.of(p)))
            .<Content>map(Content.InPlace::new)
            .toList();
    WorkloadHandle handle =
        bed.launch(
            TestSpec.program(
                new Program.Java(
                    Echo.class.getName(),
                    classPath,
                    List.of("-Dx=a b"),
                    List.of("one", "two three"))));
    assertThat(bed.ended(handle).exitCode()).as(bed.text(handle, Channel.ERR)).isEqualTo(4);
    assertThat(bed.text(handle, Channel.OUT)).isEqualTo("a b|one|two three\n");
  }

  /** A program. */
  static final class Echo {
    private Echo() {}

    /** Prints a property and its arguments. */
    public static void main(String[] arguments) {
      System.out.println(System.getProperty("x") + "|" + String.join("|", arguments));
      System.exit(4);
    }
  }

  @Test
  void an_unknown_command_is_refused_before_launch() {
    assertThatThrownBy(() -> bed.launch(TestSpec.command("no-such-command-here")))
        .isInstanceOfSatisfying(
            BackendException.class,
            e -> assertThat(e.kind()).isEqualTo(BackendException.Kind.REJECTED))
        .hasMessageContaining("command not found: no-such-command-here");
    assertThatThrownBy(() -> bed.launch(TestSpec.command("/no/such/program")))
        .hasMessageContaining("/no/such/program");
  }

  @Test
  void a_relative_program_is_looked_for_in_the_working_folder() throws Exception {
    Observation.Ended ended = bed.run(TestSpec.command("./nothing-there"));
    assertThat(ended.exitCode()).isEqualTo(127);
    assertThat(ended.detail()).contains("not found");
  }

  @Test
  void a_missing_place_is_refused_before_launch() {
    assertThatThrownBy(
            () ->
                bed.launch(TestSpec.sh("true").input("data", new Content.InPlace("/no/such/data"))))
        .hasMessageContaining("inputs.data = /no/such/data does not exist");
  }

  @Test
  void what_the_target_cannot_do_is_said_at_once() {
    TestSpec spec = TestSpec.sh("true").env("FINE", "x").env("PPID", "1").env("UID", "2");
    var violations = bed.backend.plan(List.of(new Workload(bed.key(), spec.build()))).violations();
    assertThat(violations)
        .extracting(v -> v.path())
        .containsExactlyInAnyOrder("env.PPID", "env.UID");
  }

  @Test
  void several_ranks_share_one_rendezvous() throws Exception {
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh(
                    "echo $RANK $LOCAL_RANK $WORLD_SIZE $MASTER_PORT; echo e$RANK >&2; echo x"
                        + " >$WHERRY_EVENTS")
                .processes(3));
    Observation.Ended ended = bed.ended(handle);
    assertThat(ended.exitCode()).isZero();
    String port = bed.text(handle, 0, Channel.OUT).split(" ")[3];
    for (int rank = 0; rank < 3; rank++) {
      assertThat(bed.text(handle, rank, Channel.OUT)).isEqualTo(rank + " " + rank + " 3 " + port);
      assertThat(bed.text(handle, rank, Channel.ERR)).isEqualTo("e" + rank + "\n");
      assertThat(bed.text(handle, rank, Channel.EVENTS)).isEqualTo("x\n");
    }
  }

  @Test
  void the_first_rank_that_fails_ends_the_others_and_is_named() throws Exception {
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh(
                    "if [ $RANK = 2 ]; then exit 9; fi; trap 'cat $WHERRY_STOPPING; exit 1' TERM;"
                        + " while :; do sleep 0.02; done")
                .processes(3));
    Observation.Ended ended = bed.ended(handle);
    assertThat(ended.exitCode()).isEqualTo(9);
    assertThat(ended.rank()).isEqualTo(2);
    assertThat(ended.cause()).isEqualTo(Cause.EXITED);
  }

  @Test
  void a_time_limit_is_kept_and_announced() throws Exception {
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh("trap 'cat $WHERRY_STOPPING; exit 5' TERM; while :; do sleep 0.02; done")
                .timeLimit(Duration.ofMillis(300)));
    Observation.Ended ended = bed.ended(handle);
    assertThat(ended.cause()).isEqualTo(Cause.TIME_LIMIT);
    assertThat(ended.exitCode()).isEqualTo(5);
    assertThat(bed.text(handle, Channel.OUT)).isEqualTo("TIME_LIMIT\n");
  }

  @Test
  void a_program_that_ignores_its_time_limit_is_killed() throws Exception {
    Observation.Ended ended =
        bed.run(
            TestSpec.sh("trap '' TERM; while :; do sleep 0.02; done")
                .timeLimit(Duration.ofMillis(200))
                .grace(Duration.ofMillis(200)));
    assertThat(ended.cause()).isEqualTo(Cause.TIME_LIMIT);
    assertThat(ended.exitCode()).isEqualTo(137);
    assertThat(ended.detail()).contains("signal 9");
  }

  @Test
  void a_memory_limit_ends_the_tree_and_is_told_apart() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        bed.backend.groups().available(), "this user may not make control groups");
    WorkloadHandle handle =
        bed.launch(
            TestSpec.sh(
                    "setsid sh -c 'head -c 300000000 /dev/zero | tail -c 299999999 >/dev/null';"
                        + " exit 7")
                .resources(1, 64L << 20, 0));
    Observation.Ended ended = bed.ended(handle);
    assertThat(ended.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
    Path group =
        Path.of(JobHeader.read(bed.attempt(handle).resolve("job")).orElseThrow().controlGroup());
    assertThat(group).isDirectory();
    bed.backend.release(Set.of(handle));
    assertThat(group).doesNotExist();
  }

  @Test
  void find_names_what_was_launched() throws Exception {
    assertThat(bed.backend.find(bed.id())).isEmpty();
    LaunchKey key = bed.key();
    WorkloadHandle handle = bed.launch(key, TestSpec.sh("true").build());
    assertThat(bed.backend.find(bed.id())).isEqualTo(Map.of(key, handle));
    assertThat(bed.backend.find("other")).isEmpty();
  }

  @Test
  void describing_and_planning_touch_nothing() throws Exception {
    var plan = bed.backend.plan(List.of(new Workload(bed.key(), TestSpec.sh("true").build())));
    assertThat(plan.describe()).contains("command  sh -c true");
    assertThat(plan.violations()).isEmpty();
    assertThat(bed.folder).doesNotExist();
  }
}
