package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.Run;
import io.wherry.RunDraft;
import io.wherry.RunResult;
import io.wherry.Workspace;
import io.wherry.spec.RunState;
import io.wherry.spec.TargetSpec;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A workspace on the local target with slots of its own; after each test no process of it may be
 * left.
 */
@ExtendWith(LocalEngine.class)
abstract class WorkspaceTest {
  static final Duration LONG = Duration.ofSeconds(60);
  private static final String SLOTS = "4";

  @TempDir Path temp;
  Path home;
  Workspace ws;

  @BeforeEach
  final void openWorkspace() throws IOException {
    temp = temp.toRealPath();
    home = temp.resolve("workspace");
    ws = open(home);
  }

  @AfterEach
  final void nothingIsLeft() {
    for (Run run : ws.isReadOnly() ? List.<Run>of() : unended()) {
      run.cancel();
      run.await(LONG);
    }
    String id = ws.id();
    ws.close();
    until("no process is left: " + processesOf(id), () -> processesOf(id).isEmpty());
  }

  private List<Run> unended() {
    try {
      return ws.runs().list(1000).stream().filter(r -> !r.state().isFinal()).toList();
    } catch (RuntimeException e) { // the test has closed or broken it
      return List.of();
    }
  }

  final Workspace open(Path folder) {
    return open(folder, SLOTS);
  }

  final Workspace open(Path folder, String slots) {
    return withSlots(Workspace.open(folder), slots);
  }

  final Workspace withSlots(Workspace workspace, String slots) {
    TargetSpec spec =
        TargetSpec.of(
            "local", Map.of("slots", slots, "slotFolder", temp.resolve("slots").toString()));
    if (!workspace.isReadOnly() && !workspace.compute().get("local").spec().equals(spec)) {
      workspace.compute().update("local", spec);
    }
    return workspace;
  }

  /** Closes the workspace and opens it again, as another client would. */
  final void reopen() {
    ws.close();
    ws = open(home);
  }

  final RunDraft sh(String name, String script) {
    return ws.run(name).command("sh", "-c", script).grace(Duration.ofSeconds(1));
  }

  static RunResult await(Run run) {
    Optional<RunResult> result = run.await(LONG);
    assertThat(result).as(() -> run + " has to end; " + run.timeline()).isPresent();
    return result.get();
  }

  static void awaitState(Run run, RunState state) {
    until(run + " has to become " + state, () -> run.state() == state || run.state().isFinal());
    assertThat(run.state()).as(run::toString).isEqualTo(state);
  }

  /** Waits for what has to come true soon. */
  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time: " + what).isLessThan(end);
      pause();
    }
  }

  static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(10); // between two looks, never instead of one
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The processes that belong to runs of a workspace, wherever they fled. */
  static List<Long> processesOf(String launchKeyPrefix) {
    List<Long> found = new ArrayList<>();
    String[] names = new File("/proc").list((dir, name) -> Character.isDigit(name.charAt(0)));
    for (String pid : names == null ? new String[0] : names) {
      if (environment(pid).contains("WHERRY_LAUNCH_KEY=" + launchKeyPrefix + "/")) {
        found.add(Long.valueOf(pid));
      }
    }
    return found;
  }

  private static String environment(String pid) {
    try {
      return new String(
          Files.readAllBytes(Path.of("/proc", pid, "environ")), StandardCharsets.UTF_8);
    } catch (IOException e) { // gone, or another user's
      return "";
    }
  }

  /** Kills without mercy. */
  static void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  final Path file(String name, String text) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
