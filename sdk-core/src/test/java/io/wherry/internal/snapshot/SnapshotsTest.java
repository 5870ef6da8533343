package io.wherry.internal.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.internal.snapshot.Snapshots.Captured;
import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Violation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {
  @TempDir Path temp;
  private Path source;
  private Path workspace;
  private FolderBlobStore store;
  private Snapshots snapshots;

  @BeforeEach
  void make_workspace_and_source() throws Exception {
    source = Files.createDirectories(temp.resolve("source"));
    workspace = temp.resolve("ws");
    store = new FolderBlobStore(workspace.resolve("blobs"));
    snapshots = at(Clock.systemUTC());
  }

  @AfterEach
  void end_threads() {
    snapshots.close();
  }

  @Test
  void a_folder_comes_back_as_it_was() throws Exception {
    write("a.txt", "a");
    write("sub/deep/b", "b");
    write("sub/\u00fcmlaut and space", "c");
    write("empty.txt", "");
    PrivateFiles.permit(write("run.sh", "#!/bin/sh\n"), "rwxr-xr-x");
    Files.createDirectories(source.resolve("hollow/inner"));
    Files.createSymbolicLink(source.resolve("link"), Path.of("sub/deep/b"));
    Files.createSymbolicLink(source.resolve("sub/up"), Path.of("../a.txt"));
    Files.createSymbolicLink(source.resolve("dangling"), Path.of("nowhere"));
    Files.createSymbolicLink(source.resolve("folder-link"), Path.of("sub"));

    Captured captured = snapshots.capture(source);
    snapshots.materialise(captured.tree().manifest(), temp.resolve("copy"));
    Path shared = snapshots.sharedTree(captured.tree().manifest());

    assertThat(captured.files()).isEqualTo(5);
    assertThat(captured.bytes()).isEqualTo(13);
    assertThat(listing(temp.resolve("copy"))).isEqualTo(listing(source));
    assertThat(listing(shared)).isEqualTo(listing(source));
    assertThat(snapshots.capture(temp.resolve("copy")).tree()).isEqualTo(captured.tree());
  }

  @Test
  void an_empty_folder_is_a_tree() throws Exception {
    Captured captured = snapshots.capture(source);
    snapshots.materialise(captured.tree().manifest(), temp.resolve("copy"));

    assertThat(captured.files()).isZero();
    assertThat(temp.resolve("copy")).isEmptyDirectory();
  }

  @Test
  void the_digest_depends_on_content_names_and_the_exec_bit_but_not_on_place_or_time()
      throws Exception {
    Path file = write("a", "x");
    Digest first = digest();
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    assertThat(digest()).isEqualTo(first);
    Path moved = Files.move(source, temp.resolve("moved"));
    assertThat(snapshots.capture(moved).tree().manifest()).isEqualTo(first);
    PrivateFiles.permit(moved.resolve("a"), "rwx------");
    assertThat(snapshots.capture(moved).tree().manifest()).isNotEqualTo(first);
  }

  @Test
  void ignore_files_git_folders_and_the_workspace_are_left_out() throws Exception {
    workspace = source.resolve("my-workspace");
    store = new FolderBlobStore(workspace.resolve("blobs"));
    snapshots.close();
    snapshots = at(Clock.systemUTC());
    Files.createDirectories(workspace);
    write("my-workspace/workspace.db", "db");
    write(".git/HEAD", "ref");
    write("module/.git", "gitdir: elsewhere");
    write(".wherryignore", "*.log\n/target/\n");
    write("sub/.wherryignore", "!keep.log\n");
    write("a.log", "");
    write("sub/keep.log", "");
    write("sub/b.log", "");
    write("target/x", "");
    write("sub/target/x", "");
    write("a.txt", "");

    snapshots.materialise(digest(), temp.resolve("copy"));

    assertThat(listing(temp.resolve("copy")).keySet())
        .containsExactlyInAnyOrder(
            ".wherryignore",
            "a.txt",
            "module",
            "sub",
            "sub/.wherryignore",
            "sub/keep.log",
            "sub/target",
            "sub/target/x");
  }

  @Test
  void a_file_that_git_would_ignore_stays_without_a_wherryignore() throws Exception {
    write(".gitignore", "*");
    write("a", "a");

    assertThat(snapshots.capture(source).files()).isEqualTo(2);
  }

  @Test
  void the_workspace_itself_and_what_is_no_folder_are_refused() throws Exception {
    Files.createDirectories(workspace);
    Path file = write("a", "a");

    assertThat(violations(workspace))
        .singleElement()
        .hasToString(
            "source = "
                + workspace
                + ": is the workspace itself -> name the folder of your program, or put the"
                + " workspace into a folder of its own");
    assertThat(violations(file).get(0).rule()).isEqualTo("is not a folder");
    assertThat(violations(temp.resolve("none")).get(0).rule()).contains("does not exist");
    assertThat(workspace).isEmptyDirectory();
  }

  @Test
  void links_that_lead_out_and_special_files_are_all_named_at_once() throws Exception {
    Files.createSymbolicLink(source.resolve("absolute"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(source.resolve("escaping"), Path.of("../x"));
    Files.createSymbolicLink(source.resolve("here"), Path.of("."));
    Files.createDirectory(source.resolve("d"));
    Files.createSymbolicLink(source.resolve("d/up"), Path.of(".."));
    Files.createSymbolicLink(source.resolve("sneaky"), Path.of("d/up/../x"));
    run("mkfifo", source.resolve("pipe").toString());

    List<Violation> violations = violations(source);

    assertThat(violations)
        .extracting(Violation::value)
        .containsExactly(
            "absolute -> /etc/passwd", "escaping -> ../x", "pipe", "sneaky -> d/up/../x");
    assertThat(violations).allMatch(v -> v.path().equals("source") && !v.nextStep().isEmpty());
  }

  @Test
  void unreadable_files_and_folders_are_all_named_at_once() throws Exception {
    PrivateFiles.permit(temp, "rwxr-xr-x");
    PrivateFiles.permit(write("secret", "s"), "---------");
    PrivateFiles.permit(write("sub/secret", "s"), "---------");
    write("locked/inside", "s");
    PrivateFiles.permit(source.resolve("locked"), "---------");
    write("fine", "f");

    String output;
    if (Files.isReadable(source.resolve("secret"))) { // root reads everything: ask another user
      assumeTrue(
          Files.isExecutable(Path.of("/usr/bin/setpriv")),
          "runs as root, and setpriv is not there to become somebody else");
      String classes = copyOfClasses();
      PrivateFiles.permit(Files.createDirectory(temp.resolve("other-ws")), "rwxrwxrwx");
      output =
          child(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"), classes);
    } else {
      output = violations(source).toString();
    }
    PrivateFiles.permit(source.resolve("locked"), "rwx------");

    assertThat(output)
        .contains("source = locked/: cannot be read (AccessDeniedException)")
        .contains("source = secret: cannot be read (AccessDeniedException) -> make it readable")
        .contains("source = sub/secret: cannot be read")
        .doesNotContain("fine");
  }

  @Test
  void unchanged_files_are_not_read_again_and_changed_ones_are() throws Exception {
    Path changed = write("changed", "1");
    write("same", "1");
    settle();

    Captured first = snapshots.capture(source);
    Captured second = snapshots.capture(source);
    Files.writeString(changed, "2");
    Captured third = snapshots.capture(source);

    assertThat(first.read()).isEqualTo(2);
    assertThat(second.read()).isZero();
    assertThat(second.tree()).isEqualTo(first.tree());
    assertThat(third.read()).isEqualTo(1);
    assertThat(third.tree()).isNotEqualTo(first.tree());
  }

  @Test
  void a_new_jvm_profits_from_what_the_last_one_read() throws Exception {
    write("a", "1");
    settle();
    snapshots.capture(source);
    Content blob = snapshots.capturePath("inputs.x", source.resolve("a"));

    try (Snapshots next = at(Clock.systemUTC())) {
      assertThat(next.capture(source).read()).isZero();
      assertThat(next.capturePath("inputs.x", source.resolve("a"))).isEqualTo(blob);
    }
  }

  @Test
  void a_damaged_cache_costs_time_and_nothing_else() throws Exception {
    write("a", "1");
    settle();
    Captured first = snapshots.capture(source);
    List<Path> pages;
    try (Stream<Path> list = Files.list(workspace.resolve("stats"))) {
      pages = list.toList();
    }
    assertThat(pages).hasSize(1);
    byte[] good = Files.readAllBytes(pages.get(0));
    Random random = new Random(5);
    for (int i = 0; i < 40; i++) {
      byte[] bad = java.util.Arrays.copyOf(good, i == 0 ? 0 : good.length - random.nextInt(3));
      if (bad.length > 0) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      }
      Files.write(pages.get(0), bad);
      try (Snapshots next = at(Clock.systemUTC())) {
        Captured again = next.capture(source);
        assertThat(again.tree()).isEqualTo(first.tree());
        assertThat(again.read()).isEqualTo(1);
      }
    }
  }

  @Test
  void a_file_modified_just_before_it_was_read_is_read_again() throws Exception {
    Path file = write("a", "1");
    Instant modified = Files.getLastModifiedTime(file).toInstant();
    end_threads();
    snapshots = at(Clock.fixed(modified.plusMillis(1_900), ZoneOffset.UTC));

    assertThat(snapshots.capture(source).read()).isEqualTo(1);
    assertThat(snapshots.capture(source).read()).isEqualTo(1);

    snapshots.close();
    snapshots = at(Clock.fixed(modified.plusMillis(2_100), ZoneOffset.UTC));
    assertThat(snapshots.capture(source).read()).isEqualTo(1);
    assertThat(snapshots.capture(source).read()).isZero();
  }

  @Test
  void a_file_replaced_by_one_of_the_same_size_and_time_is_noticed() throws Exception {
    Path file = write("a", "1");
    settle();
    Digest first = digest();
    Path other = Files.writeString(temp.resolve("other"), "2");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    assertThat(digest()).isNotEqualTo(first);
  }

  @Test
  void a_blob_that_is_missing_is_stored_again_though_the_file_is_known() throws Exception {
    Path file = write("a", "1");
    settle();
    Captured first = snapshots.capture(source);
    Digest blob = Sha256.of(Files.readAllBytes(file));
    store.delete(Set.of(blob, first.tree().manifest()));

    Captured second = snapshots.capture(source);

    assertThat(second.read()).isEqualTo(1);
    assertThat(store.missing(Set.of(blob, first.tree().manifest()))).isEmpty();
  }

  @Test
  void files_and_folders_are_captured_by_what_they_are() throws Exception {
    Path file = write("data.csv", "1");
    write("folder/x", "2");
    Files.createSymbolicLink(temp.resolve("alias.csv"), file);

    assertThat(snapshots.capturePath("inputs.a", file))
        .isEqualTo(new Content.Blob(Sha256.of("1".getBytes(UTF_8)), "data.csv"));
    assertThat(snapshots.captureFile("inputs.a", temp.resolve("alias.csv")).fileName())
        .isEqualTo("alias.csv");
    assertThat(snapshots.capturePath("inputs.a", source.resolve("folder")))
        .isInstanceOf(Content.Tree.class);
    ContentException refused =
        catchThrowableOfType(
            ContentException.class,
            () ->
                snapshots.capturePaths(
                    "inputs.a", List.of(temp.resolve("x"), file, temp.resolve("y"))));
    assertThat(refused.violations()).hasSize(2).allMatch(v -> v.path().equals("inputs.a"));
  }

  @Test
  void everything_that_a_run_needs_is_reachable() throws Exception {
    write("a", "1");
    Content.Tree tree = snapshots.capture(source).tree();
    Content.Blob input = snapshots.captureFile("x", write("b", "2"));
    Content.Blob jar = snapshots.captureFile("x", write("c", "3"));
    RunSpec spec =
        new RunSpec(
            "r",
            "local",
            new Program.Java("Main", List.of(jar), List.of(), List.of()),
            tree,
            Map.of(),
            Map.of("b", input, "p", new Content.InPlace("/data")),
            Set.of(),
            Map.of(),
            Map.of(),
            Resources.DEFAULT,
            1,
            1,
            null,
            null,
            Duration.ofSeconds(1),
            0,
            RetryPolicy.NONE,
            Map.of(),
            null,
            Map.of());
    Set<Digest> expected =
        Set.of(tree.manifest(), Sha256.of("1".getBytes(UTF_8)), input.digest(), jar.digest());

    assertThat(snapshots.reachable(spec)).isEqualTo(expected);
    try (Snapshots next = at(Clock.systemUTC())) {
      assertThat(next.reachable(spec)).isEqualTo(expected);
    }
  }

  @Test
  void a_hostile_or_missing_manifest_is_refused_and_writes_nothing() throws Exception {
    Digest hostile =
        store.add(("wherry-tree 1\nf\t../evil\t" + "0".repeat(64) + "\t1\n").getBytes(UTF_8));
    Digest newer = store.add("wherry-tree 9\n".getBytes(UTF_8));
    Digest missing = Sha256.of("missing".getBytes(UTF_8));
    Path copy = temp.resolve("copies/copy");

    assertThatThrownBy(() -> snapshots.materialise(hostile, copy)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> snapshots.sharedTree(newer)).hasMessageContaining("newer");
    assertThatThrownBy(() -> snapshots.materialise(missing, copy))
        .hasMessageContaining("is not in the workspace");
    assertThat(copy.getParent()).isEmptyDirectory();
  }

  @Test
  void a_missing_or_damaged_blob_is_named_and_no_folder_appears() throws Exception {
    write("sub/a", "1");
    Digest tree = digest();
    Digest blob = Sha256.of("1".getBytes(UTF_8));
    Path file = store.path(blob).orElseThrow();
    Files.delete(file);

    assertThatThrownBy(() -> snapshots.materialise(tree, temp.resolve("copy")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("sub/a")
        .hasMessageContaining("not in the workspace");
    Files.writeString(file, "9");
    assertThatThrownBy(() -> snapshots.sharedTree(tree))
        .hasMessageContaining("sub/a")
        .hasMessageContaining("damaged");
    assertThat(temp.resolve("copy")).doesNotExist();
    assertThat(temp.resolve(".copy.partial")).doesNotExist();
    assertThat(workspace.resolve("trees")).isEmptyDirectory();
  }

  @Test
  void a_crashed_copy_is_redone_and_a_complete_one_is_kept() throws Exception {
    write("a", "1");
    Digest tree = digest();
    Path copy = temp.resolve("run/work");
    Files.createDirectories(temp.resolve("run/.work.partial/sub"));
    Files.createDirectories(copy); // empty: never completed

    snapshots.materialise(tree, copy);
    Files.writeString(copy.resolve("a"), "changed by the run");
    snapshots.materialise(tree, copy);

    assertThat(copy.resolve("a")).hasContent("changed by the run");
    assertThat(listing(temp.resolve("run")).keySet()).containsExactly("work", "work/a");
  }

  @Test
  void a_private_copy_is_writable_and_a_shared_one_is_not() throws Exception {
    write("sub/a", "1");
    Digest tree = digest();
    snapshots.materialise(tree, temp.resolve("copy"));
    Path shared = snapshots.sharedTree(tree);

    assertThat(permissions(temp.resolve("copy/sub/a"))).startsWith("rw-");
    assertThat(permissions(temp.resolve("copy/sub"))).startsWith("rwx");
    assertThat(permissions(shared.resolve("sub/a"))).isEqualTo("r--------");
    assertThat(permissions(shared.resolve("sub"))).isEqualTo("r-x------");
    assertThat(permissions(shared)).isEqualTo("r-x------");
    assertThat(snapshots.sharedTree(tree)).isEqualTo(shared);
  }

  @Test
  void a_sweep_keeps_what_is_marked_and_deletes_old_blobs_trees_and_attributes() throws Exception {
    write("sub/a", "1");
    settle();
    Content.Tree kept = snapshots.capture(source).tree();
    Path keptTree = snapshots.sharedTree(kept.manifest());
    write("sub/a", "2");
    Content.Tree dropped = snapshots.capture(source).tree();
    Path droppedTree = snapshots.sharedTree(dropped.manifest());
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));

    try (Snapshots next = at(later)) {
      FolderBlobStore.Swept swept = next.sweep(next.reachable(List.of(kept)), Duration.ofDays(1));
      assertThat(swept.blobs()).isEqualTo(2);
    }

    assertThat(store.missing(snapshots.reachable(List.of(kept)))).isEmpty();
    assertThat(store.missing(snapshots.reachable(List.of(dropped)))).hasSize(2);
    assertThat(keptTree).exists();
    assertThat(droppedTree).doesNotExist();
    assertThat(workspace.resolve("stats")).isEmptyDirectory();
  }

  @Test
  void threads_and_processes_capture_and_share_one_folder_at_once() throws Exception {
    Random random = new Random(11);
    for (int i = 0; i < 200; i++) {
      write("d" + i % 9 + "/f" + i, Long.toString(random.nextLong()));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Snapshots second = at(Clock.systemUTC())) {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Path>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Snapshots mine = t % 2 == 0 ? snapshots : second;
        all.add(
            threads.submit(
                () -> {
                  start.await();
                  return mine.sharedTree(mine.capture(source).tree().manifest());
                }));
      }
      start.countDown();
      String other = child(List.of(), folderOf(Snapshots.class) + ":" + folderOf(Child.class));
      for (Future<Path> future : all) {
        assertThat(listing(future.get())).isEqualTo(listing(source));
        assertThat(other).contains(future.get().getFileName().toString());
      }
    } finally {
      threads.shutdownNow();
    }
    try (Stream<Path> list = Files.list(workspace.resolve("trees"))) {
      assertThat(list).hasSize(1);
    }
  }

  @Test
  void an_interrupt_ends_whatever_is_going_on() throws Exception {
    write("a", "1");
    write(".wherryignore", "*.log");
    Digest tree = digest();
    Path copy = temp.resolve("copy");
    for (ThrowingCallable verb :
        List.<ThrowingCallable>of(
            () -> snapshots.capture(source),
            () -> snapshots.capturePath("inputs.a", source.resolve("a")),
            () -> store.add(new byte[] {1, 2, 3}),
            () -> store.add(new ByteArrayInputStream(new byte[2 << 20])),
            () -> snapshots.materialise(tree, copy),
            () -> snapshots.sharedTree(tree))) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(verb).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(copy).doesNotExist();
    assertThat(digest()).isEqualTo(tree);
  }

  @Test
  void after_close_work_fails_with_a_reason() throws Exception {
    write("a", "1");
    snapshots.close();

    assertThatThrownBy(() -> snapshots.capture(source))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void file_names_with_control_characters_survive() throws Exception {
    write("line\nbreak", "1");
    write("tab\tand\\n", "2");

    snapshots.materialise(digest(), temp.resolve("copy"));

    assertThat(listing(temp.resolve("copy"))).isEqualTo(listing(source));
  }

  /** Captures in a JVM of its own; prints the tree's digest, or what is wrong. */
  static final class Child {
    public static void main(String[] args) throws Exception {
      Path workspace = Path.of(args[0]);
      FolderBlobStore store = new FolderBlobStore(workspace.resolve("blobs"));
      try (Snapshots snapshots = new Snapshots(workspace, store, Clock.systemUTC())) {
        Digest tree = snapshots.capture(Path.of(args[1])).tree().manifest();
        System.out.println(snapshots.sharedTree(tree).getFileName());
      } catch (ContentException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private String child(List<String> prefix, String classes) throws Exception {
    List<String> argv = new ArrayList<>(prefix);
    argv.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classes,
            Child.class.getName(),
            prefix.isEmpty() ? workspace.toString() : temp.resolve("other-ws").toString(),
            source.toString()));
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  /** Where another user can read them. */
  private String copyOfClasses() throws Exception {
    Path copies = Files.createDirectory(temp.resolve("copies"));
    for (Class<?> type : List.of(Snapshots.class, Child.class)) {
      run("cp", "-r", folderOf(type) + "/.", copies.toString());
    }
    run("chmod", "-R", "a+rX", copies.toString());
    return copies.toString();
  }

  private static void run(String... argv) throws Exception {
    assertThat(new ProcessBuilder(argv).start().waitFor()).isZero();
  }

  private static Path folderOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private Snapshots at(Clock clock) {
    return new Snapshots(workspace, store, clock);
  }

  private Digest digest() throws IOException {
    return snapshots.capture(source).tree().manifest();
  }

  private List<Violation> violations(Path folder) {
    return catchThrowableOfType(ContentException.class, () -> snapshots.capture(folder))
        .violations();
  }

  private Path write(String path, String content) throws IOException {
    Path file = source.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /** Makes all files old enough to be trusted. */
  private void settle() throws IOException {
    try (Stream<Path> walk = Files.walk(source)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(60)));
      }
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  /** Kind, content and exec bit by path. */
  private static Map<String, String> listing(Path folder) throws IOException {
    Map<String, String> listing = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.filter(p -> !p.equals(folder)).toList()) {
        String what =
            Files.isSymbolicLink(path)
                ? "-> " + Files.readSymbolicLink(path)
                : Files.isDirectory(path)
                    ? "folder"
                    : Files.readString(path) + (FileStat.of(path).isExecutable() ? " x" : "");
        listing.put(folder.relativize(path).toString(), what);
      }
    }
    return listing;
  }
}
