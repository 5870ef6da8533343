package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.Run;
import io.wherry.RunResult;
import io.wherry.runtime.RunContext;
import io.wherry.spec.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;

/** Java classes and jars as programs. */
final class JavaProgramTest extends WorkspaceTest {
  /** A program with the runtime library. */
  public static final class Training {
    public static void main(String[] args) throws IOException {
      RunContext run = RunContext.current();
      int steps = run.param("steps", 3);
      for (int step = 1; step <= steps; step++) {
        run.metric("loss", 1.0 / step, step);
        run.progress(step, steps);
      }
      Files.writeString(
          run.output("model"), String.join(",", args) + " " + System.getProperty("extra"));
      System.out.println("trained");
    }
  }

  /** A program that fails as Java programs do. */
  public static final class Thrower {
    public static void main(String[] args) {
      throw new IllegalStateException("no such luck");
    }
  }

  @Test
  void a_class_runs_with_its_class_path_and_reports() throws IOException {
    Run run =
        ws.run("training")
            .main(Training.class, "a b", "{steps}")
            .jvmOptions("-Xmx64m", "-Dextra=yes")
            .param("steps", 1000)
            .output("model")
            .submit();
    RunResult result = await(run);

    assertThat(result.outcome())
        .as(() -> result + " " + result.lastLines())
        .isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.metrics().series("loss")).hasSize(1000);
    assertThat(result.metrics()).containsEntry("loss", 0.001);
    assertThat(run.progress().orElseThrow().done()).isEqualTo(1000);
    assertThat(result.output("model").path()).hasContent("a b,1000 yes");
    assertThat(run.logs().out().text()).isEqualTo("trained\n");
  }

  @Test
  void an_exception_fails_the_run_and_shows_itself() {
    RunResult result = await(ws.run("thrower").main(Thrower.class).submit());

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.exitCode()).hasValue(1);
    assertThat(result.lastLines().toString()).contains("IllegalStateException: no such luck");
  }

  @Test
  void a_jar_runs_as_it_was_when_it_was_submitted() throws IOException {
    Path jar = temp.resolve("thrower.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Thrower.class.getName());
    String entry = Thrower.class.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        var bytes = Thrower.class.getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new JarEntry(entry));
      bytes.transferTo(out);
      out.closeEntry();
    }
    Run run = ws.run("jar").jar(jar).submit();
    Files.delete(jar);
    RunResult result = await(run);

    assertThat(result.exitCode()).hasValue(1);
    assertThat(result.lastLines().toString()).contains("no such luck");
  }
}
