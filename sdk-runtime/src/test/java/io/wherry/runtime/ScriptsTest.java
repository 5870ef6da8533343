package io.wherry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.wherry.runtime.protocol.RecordedEvents;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/run-protocol.md, run for real. */
final class ScriptsTest {

  @TempDir Path folder;

  @Test
  void a_shell_script_reports_by_echo() throws Exception {
    RecordedEvents recorded = run("sh", "hello.sh");
    assertThat(recorded.events)
        .startsWith("param language=sh", "metric loss=0.8 @1:7", "progress 1/4 ")
        .endsWith("metric loss=0.5 @4:7", "progress 4/4 ");
  }

  @Test
  void a_python_script_reports_by_writing_lines() throws Exception {
    RecordedEvents recorded = run("python3", "hello.py");
    assertThat(recorded.events).startsWith("param language=python").endsWith("progress 4/4 ");
    assertThat(recorded.values("loss")).containsExactly(1 / 3.0, 1 / 6.0, 1 / 9.0, 1 / 12.0);
    assertThat(recorded.values("top 5")).hasSize(4).containsOnly(Double.NaN);
  }

  @Test
  void the_page_shows_the_scripts_as_they_are() throws IOException {
    String page = Files.readString(page());
    assertThat(page).contains(resource("hello.sh")).contains(resource("hello.py"));
  }

  private static Path page() {
    Path here = Path.of("docs/run-protocol.md");
    return Files.exists(here) ? here : Path.of("..").resolve(here);
  }

  private RecordedEvents run(String interpreter, String name) throws Exception {
    Path script = Files.writeString(folder.resolve(name), resource(name));
    Path events = Files.createFile(folder.resolve("events"));
    Path output = folder.resolve("greeting");
    ProcessBuilder builder = new ProcessBuilder(interpreter, script.toString());
    builder.environment().put("WHERRY_EVENTS", events.toString());
    builder.environment().put("WHERRY_PARAM_STEPS", "4");
    builder.environment().put("WHERRY_OUTPUT_GREETING", output.toString());
    builder.environment().put("WHERRY_STOPPING", folder.resolve("stopping").toString());
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return abort(interpreter + " is not installed");
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(() -> log(folder.resolve("log"))).isZero();
    assertThat(output).hasContent("hello\n");
    RecordedEvents recorded = RecordedEvents.of(events);
    assertThat(recorded.warnings).isEmpty();
    return recorded;
  }

  private static String log(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ScriptsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
