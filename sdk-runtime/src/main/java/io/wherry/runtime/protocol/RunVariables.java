package io.wherry.runtime.protocol;

/**
 * The environment variables of a run, as {@code docs/run-protocol.md} defines them. Rank variables
 * have the names that PyTorch and others already read.
 */
public final class RunVariables {

  public static final String RUN_ID = "WHERRY_RUN_ID";
  public static final String ATTEMPT = "WHERRY_ATTEMPT";

  /** The absolute path of this rank's own events file. */
  public static final String EVENTS = "WHERRY_EVENTS";

  /** The folder that survives attempts. */
  public static final String CHECKPOINT = "WHERRY_CHECKPOINT";

  /** Seconds between the stop notice and the kill. */
  public static final String GRACE = "WHERRY_GRACE";

  /** The path of the file that appears, holding a reason word, when the run has to stop. */
  public static final String STOPPING = "WHERRY_STOPPING";

  public static final String RANK = "RANK";
  public static final String WORLD_SIZE = "WORLD_SIZE";
  public static final String LOCAL_RANK = "LOCAL_RANK";
  public static final String NODE_RANK = "NODE_RANK";
  public static final String MASTER_ADDR = "MASTER_ADDR";
  public static final String MASTER_PORT = "MASTER_PORT";

  private static final String PARAM_PREFIX = "WHERRY_PARAM_";
  private static final String INPUT_PREFIX = "WHERRY_INPUT_";
  private static final String OUTPUT_PREFIX = "WHERRY_OUTPUT_";

  private RunVariables() {}

  /** Returns the variable that holds the value of a parameter. */
  public static String param(String name) {
    return PARAM_PREFIX + suffix(name);
  }

  /** Returns the variable that holds the path of an input. */
  public static String input(String name) {
    return INPUT_PREFIX + suffix(name);
  }

  /** Returns the variable that holds the path of an output. */
  public static String output(String name) {
    return OUTPUT_PREFIX + suffix(name);
  }

  /**
   * Returns a name as it ends a variable: ASCII letters in upper case, digits kept, every other
   * character an underscore. Different names may meet in one suffix; whoever names things refuses
   * that.
   */
  public static String suffix(String name) {
    StringBuilder out = new StringBuilder(name.length());
    name.codePoints()
        .forEach(
            c -> {
              if (c >= 'a' && c <= 'z') {
                out.append((char) (c - 'a' + 'A'));
              } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
                out.append((char) c);
              } else {
                out.append('_');
              }
            });
    return out.toString();
  }
}
