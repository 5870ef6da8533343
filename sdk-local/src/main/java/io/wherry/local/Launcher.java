package io.wherry.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.spi.help.PidRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The shell from which all runs of an open backend are forked: starting one costs a line on a pipe
 * instead of a process made by the JVM. It ends after the last of its runs once its pipe is closed,
 * with or without this JVM.
 */
final class Launcher implements AutoCloseable {

  private final Process process;
  private final PidRecord.Id id;
  private final OutputStream in;

  private Launcher(Process process, PidRecord.Id id) {
    this.process = process;
    this.id = id;
    this.in = process.getOutputStream();
  }

  /**
   * Starts the shell.
   *
   * @param ended told the folder of each run that is over, from one thread of the launcher's own
   */
  static Launcher start(Path script, Path runsFolder, Host host, Consumer<String> ended)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of("setsid", "sh", script.toAbsolutePath().toString(), "serve", host.bootId()))
            .directory(runsFolder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    forgetOuterRun(builder.environment());
    Process process = builder.start();
    Launcher launcher =
        new Launcher(process, new PidRecord.Id(process.pid(), host.ticks(process.pid())));
    Thread reader = new Thread(() -> launcher.read(ended), "wherry-local-" + process.pid());
    reader.setDaemon(true);
    reader.start();
    return launcher;
  }

  /**
   * When this JVM is itself part of a run, its own runs must not take the outer run's variables for
   * theirs.
   */
  private static void forgetOuterRun(Map<String, String> environment) {
    environment
        .keySet()
        .removeIf(name -> name.startsWith("WHERRY_") && !name.equals("WHERRY_LAUNCH_KEY"));
  }

  PidRecord.Id id() {
    return id;
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Hands over runs by their folders, relative to the runs folder. */
  synchronized void send(List<String> folders) throws IOException {
    StringBuilder lines = new StringBuilder();
    folders.forEach(f -> lines.append(f).append(" 0 ").append(f).append('\n'));
    in.write(lines.toString().getBytes(UTF_8));
    in.flush();
  }

  private void read(Consumer<String> ended) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null && !line.equals("Q")) {
        if (line.startsWith("E ")) {
          ended.accept(line.substring(2));
        }
      }
    } catch (IOException e) {
      System.getLogger(Launcher.class.getName())
          .log(
              System.Logger.Level.DEBUG,
              "lost the launcher's pipe; its runs are watched by their files",
              e);
    }
  }

  /** Tells the shell that no more runs follow. */
  @Override
  public synchronized void close() {
    try {
      in.close();
    } catch (IOException e) {
      System.getLogger(Launcher.class.getName())
          .log(System.Logger.Level.DEBUG, "the launcher was gone already", e);
    }
  }
}
