package io.wherry.local;

import io.wherry.spi.LaunchKey;
import io.wherry.spi.help.PidRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * First line of a job file, which tells what happens to a run that no wrapper has claimed yet.
 *
 * @param key launch key
 * @param bootId boot of the machine at launch
 * @param inode of the attempt's folder: another one means that this is a copy of the folder
 * @param launcher shell that was told to start it
 * @param controlGroup path of its control group, empty if it has none
 */
record JobHeader(
    LaunchKey key, String bootId, long inode, PidRecord.Id launcher, String controlGroup) {

  private static final String START = "# wherry-job 1 ";

  /** The line without the comment sign. */
  String text() {
    return "wherry-job 1 "
        + key
        + " "
        + bootId
        + " "
        + inode
        + " "
        + launcher.pid()
        + " "
        + launcher.ticks()
        + " "
        + controlGroup;
  }

  /** Reads the line of a job file; empty if there is no such file, or it is not whole. */
  static Optional<JobHeader> read(Path file) throws IOException {
    String line;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      line = lines.readLine();
    } catch (java.nio.file.NoSuchFileException e) {
      return Optional.empty();
    }
    if (line == null || !line.startsWith(START)) {
      return Optional.empty();
    }
    String[] fields = line.substring(START.length()).split(" ", 6);
    try {
      return Optional.of(
          new JobHeader(
              LaunchKey.parse(fields[0]),
              fields[1],
              Long.parseLong(fields[2]),
              new PidRecord.Id(Long.parseLong(fields[3]), Long.parseLong(fields[4])),
              fields[5]));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new IOException(file + " is damaged: its first line is " + line, e);
    }
  }
}
