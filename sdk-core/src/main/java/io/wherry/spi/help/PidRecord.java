package io.wherry.spi.help;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes of a run, as the wrapper noted them once they ran.
 *
 * @param wrapper the wrapper
 * @param programs the program, or the watcher of each rank
 */
public record PidRecord(Id wrapper, List<Id> programs) {

  public PidRecord {
    programs = List.copyOf(programs);
  }

  /**
   * A process, told apart from a later one with the same number by its start.
   *
   * @param pid its number
   * @param ticks its start in ticks since the machine's; 0 if it was gone before it could be asked
   */
  public record Id(long pid, long ticks) {}

  /** The blanks that lie in the file before, so that a full disk has room for the record. */
  public static String blank(int ranks) {
    return " ".repeat(40 + 24 * ranks);
  }

  /** Reads the file; empty while the record is not complete. */
  public static Optional<PidRecord> parse(String text) {
    String[] parts = text.strip().split(" +", -1);
    if (parts.length < 5 || parts.length % 2 == 0 || !parts[parts.length - 1].equals("END")) {
      return Optional.empty();
    }
    List<Id> ids = new ArrayList<>();
    try {
      for (int i = 0; i + 1 < parts.length; i += 2) {
        ids.add(new Id(Long.parseLong(parts[i]), Long.parseLong(parts[i + 1])));
      }
    } catch (NumberFormatException e) { // written by something else than the wrapper
      return Optional.empty();
    }
    return Optional.of(new PidRecord(ids.get(0), ids.subList(1, ids.size())));
  }
}
