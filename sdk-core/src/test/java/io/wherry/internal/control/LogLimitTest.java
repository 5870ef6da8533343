package io.wherry.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogLimitTest {
  @TempDir Path folder;

  private Path log(String text) throws IOException {
    return Files.writeString(folder.resolve("out-0"), text);
  }

  @Test
  void a_log_within_the_limit_stays_as_it_is() throws IOException {
    Path log = log("short\n");
    new LogLimit(6).apply(log);
    assertThat(log).hasContent("short\n");
  }

  @Test
  void a_longer_one_keeps_its_end_and_says_that_it_was_cut() throws IOException {
    Path log = log("x".repeat(10_000) + "\nthe reason\n");
    new LogLimit(500).apply(log);
    assertThat(Files.size(log)).isEqualTo(500);
    assertThat(Files.readString(log))
        .startsWith("[wherry: at least 9512 bytes before this line were cut by the log limit]\n")
        .endsWith("\nthe reason\n");
  }

  @Test
  void cutting_twice_changes_nothing_more() throws IOException {
    Path log = log("y".repeat(10_000));
    new LogLimit(500).apply(log);
    String once = Files.readString(log);
    new LogLimit(500).apply(log);
    assertThat(log).hasContent(once);
  }

  @Test
  void a_log_that_was_never_written_is_no_trouble() throws IOException {
    new LogLimit(500).apply(folder.resolve("none"));
    assertThat(folder).isEmptyDirectory();
  }
}
