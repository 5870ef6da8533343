package io.wherry.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** What the child JVMs of {@link ChildJvmTest} run. */
public final class ChildProgram {

  private static final int POINTS = 10_000;

  private ChildProgram() {}

  public static void main(String[] args) throws Exception {
    RunContext run = RunContext.current();
    switch (args[0]) {
      case "return" -> record(run);
      case "exit" -> {
        record(run);
        System.exit(3);
      }
      case "throw" -> {
        record(run);
        throw new IllegalStateException("thrown on purpose");
      }
      case "wait" -> {
        record(run);
        ready();
        forever();
      }
      case "other" -> {
        for (int i = 1; i <= 3; i++) {
          run.metric("other thing", i, i);
        }
      }
      case "late" -> {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> record(run)));
        run.metric("first", 1);
      }
      case "loop" -> {
        run.onPreemption(
            grace -> Files.writeString(run.checkpoints().resolve("grace"), "" + grace));
        ready();
        while (!run.stopping()) {
          Thread.onSpinWait();
        }
        record(run);
        System.exit(75);
      }
      case "listen" -> {
        run.onPreemption(
            grace -> {
              throw new IllegalStateException("thrown on purpose");
            });
        run.onPreemption(
            grace -> Files.writeString(run.checkpoints().resolve("grace"), "" + grace));
        record(run);
        ready();
        forever();
      }
      case "listen-and-exit" -> {
        run.onPreemption(grace -> System.exit(76));
        ready();
        forever();
      }
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void record(RunContext run) {
    for (int i = 0; i < POINTS; i++) {
      run.metric("loss", i, i);
    }
    run.recordParam("last", "yes");
  }

  private static void ready() throws Exception {
    Files.createFile(Path.of("ready"));
  }

  private static void forever() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
