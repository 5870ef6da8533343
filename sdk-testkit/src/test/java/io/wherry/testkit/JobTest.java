package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spi.BackendContext;
import io.wherry.spi.Channel;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The two forms of a program say the same. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class JobTest {
  @TempDir Path folder;

  static Stream<Arguments> jobs() {
    return Stream.of(
        arguments(Job.ARGUMENTS, List.of("a b", "", "it's \"$x\"", "two\nlines\n")),
        arguments(Job.ARGUMENTS, List.of()),
        arguments(Job.VARIABLES, List.of("ODD", "NOT_THERE", "RANK")),
        arguments(Job.EXIT, List.of("3")),
        arguments(Job.SLEEP, List.of("0")),
        arguments(Job.KILLS_ITSELF, List.of()),
        arguments(Job.STANDARD_INPUT, List.of()),
        arguments(Job.COUNT_FILES, List.of()),
        arguments(Job.USE_FOLDER, List.of()),
        arguments(Job.KEEP_ATTEMPT, List.of()),
        arguments(Job.CHANNELS, List.of()),
        arguments(Job.TICKS, List.of("1")),
        arguments(Job.LONG_LINE, List.of("100")),
        arguments(Job.USE_MEMORY, List.of()),
        arguments(Job.WRITE_FILE, List.of()),
        arguments(Job.WRITE_FOLDER, List.of()),
        arguments(Job.RANK, List.of()));
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void a_shell_does_what_the_fake_does(Job job, List<String> arguments) throws Exception {
    Map<String, String> env = env();
    Path work = Files.createDirectory(folder.resolve("work"));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> argv = job.command(arguments.toArray(String[]::new)).argv();
    ProcessBuilder builder = new ProcessBuilder(argv).directory(work.toFile());
    builder.environment().putAll(env);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    int exitCode = builder.start().waitFor();
    FakeProcess fake = fake(job, arguments, env);

    assertThat(Files.readString(out)).isEqualTo(text(fake, Channel.OUT));
    if (job != Job.KILLS_ITSELF) { // there the shell's own words depend on the shell
      assertThat(Files.readString(err)).isEqualTo(text(fake, Channel.ERR));
    }
    assertThat(exitCode).isEqualTo(fake.exitCode());
  }

  @ParameterizedTest
  @EnumSource(Job.class)
  void its_script_is_correct_shell(Job job) throws Exception {
    List<String> argv = job.command().argv();

    Process check = new ProcessBuilder("sh", "-n", "-c", argv.get(2)).inheritIO().start();

    assertThat(check.waitFor()).isZero();
  }

  private Map<String, String> env() throws IOException {
    Map<String, String> env = new HashMap<>();
    env.put("ODD", "it's \"$HOME\"\nand more");
    env.put("WHERRY_ATTEMPT", "1");
    env.put("WHERRY_CHECKPOINT", Files.createDirectory(folder.resolve("kept")).toString());
    env.put("WHERRY_EVENTS", folder.resolve("events").toString());
    env.put("WHERRY_OUTPUT_RESULT", folder.resolve("result").toString());
    env.put("WHERRY_OUTPUT_MY_MODEL_V1", folder.resolve("model").toString());
    env.put("RANK", "0");
    env.put("WORLD_SIZE", "1");
    env.put("LOCAL_RANK", "0");
    env.put("NODE_RANK", "0");
    env.put("MASTER_ADDR", "127.0.0.1");
    env.put("MASTER_PORT", "29500");
    return env;
  }

  private static FakeProcess fake(Job job, List<String> arguments, Map<String, String> env)
      throws Exception {
    Script script = new Script(new Script.Given(arguments, env, 1, 0, Map.of(), Map.of()));
    Job.behaviour(job.command(arguments.toArray(String[]::new))).orElseThrow().play(script);
    FakeProcess process = new FakeProcess(script, Instant.EPOCH);
    FakeSetup setup =
        new FakeSetup(
            "fake",
            new FakeEngine(),
            Set.of(Feature.SPLIT_STREAMS),
            Set.of(),
            new NodeSize("fake", 1, 1, 0, 1),
            Duration.ZERO,
            spec -> s -> {},
            BackendContext::blobs,
            Optional.empty());
    FakeWorkload workload =
        new FakeWorkload(
            new Workload(new LaunchKey("w", "r", 1), Specs.of(job.command())),
            (restart, rank) -> script,
            new HashMap<>(),
            setup,
            Instant.EPOCH);
    while (process.isAlive()) {
      process.proceed(workload);
    }
    return process;
  }

  private static String text(FakeProcess process, Channel channel) {
    return new String(process.stream(channel), StandardCharsets.UTF_8);
  }
}
