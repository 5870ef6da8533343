package io.wherry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes of this machine by a mark that they carry. Needs {@code /proc}. */
public final class MarkedProcesses {
  private static final Path PROC = Path.of("/proc");

  private MarkedProcesses() {}

  /**
   * Lists the processes whose command line or environment contains the mark, each as its number and
   * command line. This JVM and the dead that wait for their parent are left out, and so are
   * processes of other users, whose environment nobody may read.
   *
   * @throws UnsupportedOperationException on a machine without {@code /proc}
   */
  public static List<String> alive(String mark) {
    if (!Files.isDirectory(PROC.resolve("self"))) {
      throw new UnsupportedOperationException(
          "this machine has no /proc: let the fixture count processes in another way");
    }
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        String command = text(process.resolve("cmdline"));
        boolean self = process.endsWith(Long.toString(ProcessHandle.current().pid()));
        if (!self && (command + text(process.resolve("environ"))).contains(mark)) {
          found.add(process.getFileName() + " " + command.replace('\0', ' ').strip());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /**
   * A process may end, or turn out to be another user's, between listing and reading: then it
   * carries no mark.
   */
  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException goneOrForeign) {
      return "";
    }
  }
}
