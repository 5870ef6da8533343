package io.wherry.local;

import io.wherry.spi.BackendException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The NVIDIA GPUs of this machine, asked for once. Thread-safe. */
final class Gpus {

  private final String command;
  private final Duration timeout;
  private int count = -1;

  /** Asks {@code command} ({@code nvidia-smi}) when needed. */
  Gpus(String command, Duration timeout) {
    this.command = command;
    this.timeout = timeout;
  }

  /**
   * How many there are; 0 where the tool is not installed or finds none.
   *
   * @throws BackendException {@code TRANSIENT} if the tool does not answer
   */
  synchronized int count() throws BackendException {
    if (count < 0) {
      count = ask();
    }
    return count;
  }

  /**
   * Whether there are any, as far as it was asked: then runs that ask for none must not see them.
   */
  synchronized boolean seen() {
    return count > 0;
  }

  private int ask() throws BackendException {
    Process process;
    try {
      process =
          new ProcessBuilder(List.of(command, "-L"))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) { // not installed
      return 0;
    }
    try (BufferedReader answer = process.inputReader(StandardCharsets.UTF_8)) {
      // A line a GPU fits into the pipe, so that it need not be read meanwhile.
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BackendException(
            BackendException.Kind.TRANSIENT,
            command
                + " -L gave no answer within "
                + timeout.toSeconds()
                + " s; run it by hand to see why");
      }
      if (process.exitValue() != 0) { // the tool without a driver
        return 0;
      }
      return (int) answer.lines().filter(l -> l.startsWith("GPU ")).count();
    } catch (IOException | UncheckedIOException e) {
      throw new BackendException(
          BackendException.Kind.TRANSIENT, "can't ask " + command + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException(
          BackendException.Kind.TRANSIENT, "interrupted while asking " + command, e);
    } finally {
      process.destroyForcibly();
    }
  }
}
