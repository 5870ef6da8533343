package io.wherry.internal.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IgnoreRulesTest {
  private static boolean git;

  @TempDir Path temp;

  @BeforeAll
  static void look_for_git() throws Exception {
    try {
      Process process = new ProcessBuilder("git", "--version").start();
      git = process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      git = false;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "*.log|a.log|true",
        "*.log|x/y/a.log|true",
        "*.log|a.logs|false",
        "/a.log|x/a.log|false",
        "/a.log|a.log|true",
        "x/*.log|x/a.log|true",
        "x/*.log|x/y/a.log|false",
        "x/**|x/y/a.log|true",
        "**/a|x/y/a|true",
        "x/**/a|x/a|true",
        "x/**/a|x/y/z/a|true",
        "build/|build|false",
        "a b |a b|true",
        "a b\\ |a b |true",
        "a b\\ |a b|false",
        "\\#a|#a|true",
        "#a|#a|false",
        "\\!a|!a|true",
        "[a-c]x|bx|true",
        "[!a-c]x|bx|false",
        "[^a-c]x|dx|true",
        "[[:digit:]]x|7x|true",
        "[[:wrong:]]x|7x|false",
        "[]-]x|]x|true",
        "[a-c|a|false",
        "a\\|a|false",
        "a\\*|a*|true",
        "a\\*|ab|false",
        "a?c|abc|true",
        "a?c|a/c|false",
        "\u00fc*|\u00fcber|true",
        "?ber|\u00fcber|false",
        "??ber|\u00fcber|true",
        "!|!|false",
        "/|a|false",
        "||false",
      })
  void a_line_decides_about_a_file(String line, String path, boolean ignored) {
    String pattern = line == null ? "" : line;
    String file = path == null ? "x" : path;

    assertThat(new IgnoreRules(pattern.getBytes(UTF_8), "", null).ignores(file, false))
        .isEqualTo(ignored);
  }

  @Test
  void the_last_matching_line_decides() {
    IgnoreRules rules = new IgnoreRules("*.log\n!keep.log\n".getBytes(UTF_8), "", null);

    assertThat(rules.ignores("a.log", false)).isTrue();
    assertThat(rules.ignores("keep.log", false)).isFalse();
  }

  @Test
  void a_deeper_file_decides_before_a_higher_one_and_only_below_its_folder() {
    IgnoreRules outer = new IgnoreRules("*.log\n".getBytes(UTF_8), "", null);
    IgnoreRules inner = new IgnoreRules("!*.log\n/only\n".getBytes(UTF_8), "sub/", outer);

    assertThat(inner.ignores("sub/a.log", false)).isFalse();
    assertThat(inner.ignores("sub/only", false)).isTrue();
    assertThat(inner.ignores("sub/x/only", false)).isFalse();
    assertThat(outer.ignores("sub/a.log", false)).isTrue();
  }

  @Test
  void windows_line_ends_and_a_byte_order_mark_are_no_part_of_a_pattern() {
    byte[] content = "\u00ef\u00bb\u00bf*.log\r\nbuild/\r\n".getBytes(ISO_8859_1);
    IgnoreRules rules = new IgnoreRules(content, "", null);

    assertThat(rules.ignores("a.log", false)).isTrue();
    assertThat(rules.ignores("build", true)).isTrue();
  }

  @Test
  void a_pattern_full_of_stars_takes_no_time() {
    String pattern = "a*".repeat(60) + "b";
    IgnoreRules rules = new IgnoreRules(pattern.getBytes(UTF_8), "", null);

    assertThat(rules.ignores("a".repeat(250), false)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void git_ignores_the_same_files_of_a_random_tree(long seed) throws Exception {
    assumeTrue(git, "git is not installed: nothing to compare with");
    Random random = new Random(seed);
    List<String> paths = randomTree(random);
    writeIgnoreFiles(random);

    assertThat(scan()).as("seed %d", seed).isEqualTo(gitFiles(paths));
  }

  private Set<String> scan() throws IOException {
    Problems problems = new Problems("source");
    Set<String> found = new TreeSet<>();
    new FolderScan(temp.toRealPath(), temp.resolve("none"), problems)
        .files.forEach(f -> found.add(f.path()));
    problems.throwIfAny();
    return found;
  }

  private Set<String> gitFiles(List<String> paths) throws Exception {
    run("git", "init", "-q", ".");
    Path input = temp.resolve(".git/paths");
    Files.writeString(input, String.join("\0", paths));
    ProcessBuilder builder =
        new ProcessBuilder("git", "check-ignore", "--no-index", "-z", "--stdin")
            .directory(temp.toFile())
            .redirectInput(input.toFile());
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isLessThan(2);
    Set<String> kept = new TreeSet<>(paths);
    kept.removeAll(List.of(output.split("\0")));
    return kept;
  }

  private void run(String... argv) throws Exception {
    assertThat(new ProcessBuilder(argv).directory(temp.toFile()).start().waitFor()).isZero();
  }

  /** Few short names, so that patterns hit. */
  private static String name(Random random) {
    String[] names = {
      "a", "b", "ab", "abc", "a.b", "a b", "b ", "#a", "!a", "[a]", "a-b", "7", "ax", "\u00fca"
    };
    return names[random.nextInt(names.length)];
  }

  private List<String> randomTree(Random random) throws IOException {
    Set<String> files = new TreeSet<>();
    for (int i = 0; i < 120; i++) {
      StringBuilder path = new StringBuilder(name(random));
      for (int depth = random.nextInt(4); depth > 0; depth--) {
        path.append('/').append(name(random));
      }
      Path file = temp.resolve(path.toString());
      try {
        Files.createDirectories(file.getParent());
        Files.createFile(file);
        files.add(path.toString());
      } catch (IOException e) {
        // a file where a folder should be, or the other way round
      }
    }
    return withIgnoreFiles(files, random);
  }

  private List<String> withIgnoreFiles(Set<String> files, Random random) throws IOException {
    List<String> folders = new ArrayList<>(List.of(""));
    for (String file : List.copyOf(files)) {
      int slash = file.lastIndexOf('/');
      if (slash > 0 && random.nextInt(6) == 0) {
        folders.add(file.substring(0, slash + 1));
      }
    }
    for (String folder : folders) {
      for (String name : List.of(".gitignore", IgnoreRules.FILE_NAME)) {
        Files.writeString(temp.resolve(folder + name), "");
        files.add(folder + name);
      }
    }
    return List.copyOf(files);
  }

  private void writeIgnoreFiles(Random random) throws IOException {
    List<Path> ignoreFiles;
    try (var walk = Files.walk(temp)) {
      ignoreFiles = walk.filter(p -> p.endsWith(IgnoreRules.FILE_NAME)).sorted().toList();
    }
    for (Path file : ignoreFiles) {
      StringBuilder lines = new StringBuilder();
      for (int i = random.nextInt(7); i >= 0; i--) {
        lines.append(pattern(random)).append(random.nextInt(8) == 0 ? "\r\n" : "\n");
      }
      Files.writeString(file, lines);
      Files.writeString(file.resolveSibling(".gitignore"), lines);
    }
  }

  private static String pattern(Random random) {
    String[] pieces = {
      "a",
      "b",
      "c",
      "*",
      "**",
      "?",
      "/",
      "/",
      "[ab]",
      "[!a]",
      "[^b-x]",
      "[a-",
      "[]a]",
      "[[:alpha:]]",
      "[[:x:]]",
      ".",
      "\\a",
      "\\*",
      "\\",
      " ",
      "\\ ",
      "-",
      "7",
      "#",
      "!",
      "**/",
      "/**",
      "/**/",
      "\u00fc",
      "[\\]a]",
      "ab",
      "a.b",
      "***"
    };
    StringBuilder pattern = new StringBuilder();
    if (random.nextInt(4) == 0) {
      pattern.append('!');
    }
    if (random.nextInt(4) == 0) {
      pattern.append('/');
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      pattern.append(random.nextInt(3) == 0 ? name(random) : pieces[random.nextInt(pieces.length)]);
    }
    if (random.nextInt(4) == 0) {
      pattern.append('/');
    }
    return pattern.toString();
  }
}
