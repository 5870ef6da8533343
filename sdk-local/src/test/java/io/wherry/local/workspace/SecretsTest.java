package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.Run;
import io.wherry.RunDraft;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import io.wherry.spec.RunState;
import io.wherry.spec.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Secrets reach the program and nothing else. */
final class SecretsTest extends WorkspaceTest {
  private static final String VALUE = "s3cr3t-'\"$value";

  private Workspace withSecrets() {
    ws.close();
    ws =
        withSlots(
            Workspace.builder(home).secrets(name -> name.equals("api.key") ? VALUE : null).open(),
            "4");
    return ws;
  }

  @Test
  void a_secret_reaches_the_program_and_is_neither_stored_nor_shown() throws IOException {
    List<String> logged = new ArrayList<>();
    Handler listener =
        new Handler() {
          @Override
          public synchronized void publish(LogRecord record) {
            logged.add(record.getMessage() + record.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("io.wherry");
    logger.setLevel(Level.ALL);
    logger.addHandler(listener);
    try {
      Path file = file("token", "file-" + VALUE + "\n");
      Path go = temp.resolve("go");
      RunDraft draft =
          withSecrets()
              .run("private")
              .command(
                  "sh",
                  "-c",
                  "printf %s \"$KEY\" | md5sum; printf %s \"$TOKEN\" | md5sum; printf %s \"$CMD\" |"
                      + " md5sum; until [ -e '"
                      + go
                      + "' ]; do sleep 0.02; done")
              .secret("KEY", Secret.named("api.key"))
              .secret("TOKEN", Secret.file(file.toString()))
              .secret("CMD", Secret.command("printf", "cmd-" + "s3cr3t"));
      assertThat(draft.explain().toString()).contains("named:api.key").doesNotContain(VALUE);
      Run run = draft.submit();
      awaitState(run, RunState.RUNNING);
      until("all are printed", () -> run.logs().text().lines().count() == 3);
      assertThat(run.logs().text())
          .isEqualTo(
              md5(VALUE) + "  -\n" + md5("file-" + VALUE) + "  -\n" + md5("cmd-s3cr3t") + "  -\n");
      assertThat(filesWith(VALUE)).as("while it runs").isEmpty();
      assertThat(argumentsWith(VALUE)).isEmpty();
      Files.createFile(go);
      ByteArrayOutputStream console = new ByteArrayOutputStream();
      RunResult result = run.follow(new PrintStream(console, true, StandardCharsets.UTF_8));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(filesWith(VALUE)).isEmpty();
      assertThat(result + run.toString() + run.spec() + run.timeline() + run.toHtml() + console)
          .doesNotContain(VALUE);
      synchronized (listener) {
        assertThat(logged).noneMatch(line -> line.contains(VALUE));
      }
    } finally {
      logger.removeHandler(listener);
      logger.setLevel(null);
    }
  }

  @Test
  void a_key_of_the_workspace_is_made_once_and_kept_by_its_owner() throws IOException {
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Run run =
          ws.run("keyed")
              .command("sh", "-c", "printf %s \"$KEY\"")
              .secret("KEY", Secret.workspace("signing"))
              .submit();
      await(run);
      seen.add(run.logs().out().text().strip());
      reopen();
    }

    assertThat(seen.get(0)).hasSizeGreaterThan(15).isEqualTo(seen.get(1));
    for (Path file : filesWith(seen.get(0))) {
      if (file.startsWith(home.resolve("runs"))) {
        continue; // the programs have printed it themselves
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(file.toString()).contains("secrets");
    }
  }

  @Test
  void a_secret_that_cannot_be_had_fails_the_run_before_its_start_and_says_which() {
    RunResult result =
        await(sh("poor", "echo started").secret("KEY", Secret.named("nobody-knows")).submit());

    assertThat(result.cause()).isEqualTo(Cause.NOT_STARTED);
    assertThat(result.reason()).contains("nobody-knows");
    assertThat(ws.runs().get("poor-1").logs().text()).isEmpty();
  }

  private List<Path> filesWith(String text) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      List<Path> found = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try {
          if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
            found.add(file);
          }
        } catch (NoSuchFileException e) { // an ended run's traces are being deleted
        }
      }
      return found;
    }
  }

  private static List<String> argumentsWith(String text) {
    return ProcessHandle.allProcesses()
        .map(p -> p.info().commandLine().orElse(""))
        .filter(line -> line.contains(text))
        .toList();
  }

  private static String md5(String text) {
    try {
      byte[] digest =
          java.security.MessageDigest.getInstance("MD5")
              .digest(text.getBytes(StandardCharsets.UTF_8));
      return java.util.HexFormat.of().formatHex(digest);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
