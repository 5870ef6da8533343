package io.wherry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.runtime.protocol.RecordedEvents;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real child JVMs, because how a JVM ends cannot be tried in this one. */
final class ChildJvmTest {

  private static final int POINTS = 10_000;

  @TempDir Path folder;
  private Path events;
  private Path stopping;
  private Process child;

  @BeforeEach
  void prepare() throws IOException {
    events = Files.createFile(folder.resolve("events"));
    stopping = folder.resolve("stopping");
  }

  @AfterEach
  void end() throws InterruptedException {
    if (child != null) {
      child.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @CsvSource({"return, 0", "exit, 3", "throw, 1", "late, 0"})
  void nothing_recorded_is_lost_when_the_program_ends(String how, int exitCode) throws Exception {
    start(how);
    assertThat(exitCode()).isEqualTo(exitCode);
    everythingIsThere();
  }

  @Test
  void a_program_that_asks_for_nothing_ends_by_sigterm_like_any_jvm_and_loses_nothing()
      throws Exception {
    assumePosix();
    start("wait");
    awaitReady();
    child.destroy();
    assertThat(exitCode()).isEqualTo(143);
    everythingIsThere();
  }

  @Test
  void what_was_recorded_before_a_kill_is_readable_up_to_a_whole_record() throws Exception {
    start("wait");
    awaitReady();
    child.destroyForcibly().waitFor();
    RecordedEvents recorded = RecordedEvents.of(events);
    assertThat(recorded.warnings).isEmpty();
    assertThat(recorded.values("loss")).startsWith(0.0, 1.0, 2.0);
  }

  @Test
  void two_programs_at_once_do_not_mix_up_their_names() throws Exception {
    start("wait");
    awaitReady();
    Process first = child;
    try {
      start("other");
      assertThat(exitCode()).isZero();
    } finally {
      first.destroy();
      first.waitFor();
    }
    everythingIsThere();
    assertThat(RecordedEvents.of(events).values("other thing")).containsExactly(1.0, 2.0, 3.0);
    assertThat(Files.readString(events, StandardCharsets.ISO_8859_1))
        .contains(" other%20thing=2.0");
  }

  @Test
  void one_program_after_another_may_use_the_same_file() throws Exception {
    start("other");
    assertThat(exitCode()).isZero();
    start("return");
    assertThat(exitCode()).isZero();
    everythingIsThere();
    assertThat(RecordedEvents.of(events).values("other thing")).containsExactly(1.0, 2.0, 3.0);
  }

  @Test
  void a_listener_that_comes_after_the_notice_is_told_at_once() throws Exception {
    Files.writeString(stopping, "TIME_LIMIT");
    start("listen-and-exit");
    assertThat(exitCode()).isEqualTo(76);
  }

  @Test
  void a_program_that_asks_stopping_leaves_its_loop_and_ends_with_its_own_code() throws Exception {
    assumePosix();
    start("loop");
    awaitReady();
    askToStop();
    assertThat(exitCode()).isEqualTo(75);
    everythingIsThere();
  }

  @Test
  void a_stop_without_a_signal_is_seen_too() throws Exception {
    start("loop");
    awaitReady();
    Files.writeString(stopping, "PREEMPTED");
    assertThat(exitCode()).isEqualTo(75);
  }

  @Test
  void every_listener_gets_the_grace_and_the_program_then_ends_as_by_sigterm() throws Exception {
    assumePosix();
    start("listen");
    awaitReady();
    askToStop();
    assertThat(exitCode()).isEqualTo(143);
    assertThat(Duration.parse(Files.readString(folder.resolve("kept/grace"))))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
    assertThat(Files.readString(folder.resolve("output"))).contains("thrown on purpose");
    everythingIsThere();
  }

  @Test
  void a_listener_may_end_the_program_itself() throws Exception {
    assumePosix();
    start("listen-and-exit");
    awaitReady();
    askToStop();
    assertThat(exitCode()).isEqualTo(76);
  }

  @Test
  void without_a_way_to_take_the_signal_listeners_run_at_shutdown() throws Exception {
    assumePosix();
    start("listen", "--limit-modules", "java.base");
    awaitReady();
    askToStop();
    assertThat(exitCode()).isEqualTo(143);
    assertThat(Duration.parse(Files.readString(folder.resolve("kept/grace"))))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
    everythingIsThere();
  }

  private void everythingIsThere() throws IOException {
    RecordedEvents recorded = RecordedEvents.of(events);
    assertThat(recorded.warnings).isEmpty();
    List<Double> values = recorded.values("loss");
    assertThat(values).hasSize(POINTS).first().isEqualTo(0.0);
    assertThat(values).isSorted().doesNotHaveDuplicates();
    assertThat(recorded.events).contains("param last=yes");
  }

  private void askToStop() throws IOException {
    Files.writeString(stopping, "PREEMPTED");
    child.destroy();
  }

  private void start(String how, String... jvmOptions) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(jvmOptions));
    command.add("-cp");
    command.add(classes(RunContext.class) + File.pathSeparator + classes(ChildProgram.class));
    command.add(ChildProgram.class.getName());
    command.add(how);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("output").toFile());
    builder.environment().put("WHERRY_RUN_ID", "test-1");
    builder.environment().put("WHERRY_EVENTS", events.toString());
    builder.environment().put("WHERRY_STOPPING", stopping.toString());
    builder.environment().put("WHERRY_GRACE", "30");
    builder.environment().put("WHERRY_CHECKPOINT", folder.resolve("kept").toString());
    child = builder.start();
  }

  /** Returns the root that a class comes from, also where the module system merges two of them. */
  private static String classes(Class<?> type) throws Exception {
    String file = type.getName().replace('.', '/') + ".class";
    URI uri = type.getResource(type.getSimpleName() + ".class").toURI();
    if (uri.getScheme().equals("jar")) {
      String jar = uri.toString();
      return Path.of(URI.create(jar.substring("jar:".length(), jar.indexOf('!')))).toString();
    }
    Path path = Path.of(uri);
    return path.getRoot()
        .resolve(path.subpath(0, path.getNameCount() - Path.of(file).getNameCount()))
        .toString();
  }

  private void awaitReady() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(folder.resolve("ready"))) {
      assertThat(child.waitFor(20, TimeUnit.MILLISECONDS)).as("ended early").isFalse();
      assertThat(System.nanoTime()).as("ready in time").isLessThan(deadline);
    }
  }

  private int exitCode() throws Exception {
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).as("ends in time").isTrue();
    return child.exitValue();
  }

  private static void assumePosix() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    assumeTrue(!os.contains("windows"), "Windows has no SIGTERM");
  }
}
