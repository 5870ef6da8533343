package io.wherry.spi.help;

import io.wherry.spec.Cause;
import java.util.Optional;

/**
 * What the wrapper writes when all is over.
 *
 * @param exitCode exit code of the deciding process
 * @param cause why it ended
 * @param rank rank of the deciding process
 * @param word reason for {@link Cause#NOT_STARTED} and the like, may be empty
 */
public record ExitRecord(int exitCode, Cause cause, int rank, String word) {

  private static final int LENGTH = 64;

  /** The blanks that lie in the file before, so that a full disk has room for the record. */
  public static String blank() {
    return " ".repeat(LENGTH);
  }

  /** The text of the file, the inverse of {@link #parse}. */
  public String text() {
    String body = exitCode + " " + cause + " " + rank + (word.isEmpty() ? "" : " " + word);
    return body + " ".repeat(Math.max(0, 58 - body.length())) + " END\n";
  }

  /** Reads the file; empty while the record is not complete. */
  public static Optional<ExitRecord> parse(String text) {
    String[] parts = text.strip().split(" +", -1);
    if (parts.length < 4 || !parts[parts.length - 1].equals("END")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ExitRecord(
              Integer.parseInt(parts[0]),
              Cause.valueOf(parts[1]),
              Integer.parseInt(parts[2]),
              parts.length > 4 ? parts[3] : ""));
    } catch (IllegalArgumentException e) { // written by something else than the wrapper
      return Optional.empty();
    }
  }

  /** The end in words for the user; empty if the code says it all. */
  public String detail() {
    return switch (word) {
      case "NEVER" -> "it was stopped before the program began";
      case "NO_JOB" -> "the job file is missing from the run folder, or can't be read";
      case "BAD_JOB" -> "the job file in the run folder is damaged";
      case "NO_FOLDER" -> "the working folder is missing, or can't be entered";
      case "NO_CLAIM" -> "the run folder can't be written to; is the disk full?";
      default -> code();
    };
  }

  private String code() {
    if (exitCode > 128 && exitCode <= 128 + 64) {
      return exitCode + " (as by signal " + (exitCode - 128) + ")";
    }
    return switch (exitCode) {
      case 127 -> "127 (as for a command that was not found; the end of standard error says more)";
      case 126 ->
          "126 (as for a command that can't be executed; the end of standard error says more)";
      default -> "";
    };
  }
}
