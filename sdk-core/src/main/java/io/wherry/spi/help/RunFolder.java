package io.wherry.spi.help;

import io.wherry.spi.Channel;
import java.util.Locale;

/**
 * Names in the folder of one attempt, relative to it; {@code /} separates. The same on every engine
 * that uses the job wrapper.
 *
 * <pre>
 * ../checkpoint        shared by all attempts of the run
 * job                  settings of the wrapper and functions that set the environment and become the program
 * secrets              exports of secret values; emptied once they are read
 * work/                working folder of the program
 * inputs/NAME          content of inputs
 * outputs/NAME         where outputs are written
 * RESTART/claim        taken by the wrapper that runs the program; names its process and the engine's job
 * RESTART/pid          processes, once they run        RESTART/exit      verdict, once they have ended
 * RESTART/stopping     why they are being ended        RESTART/grace     seconds between TERM and KILL, if told later
 * RESTART/out-RANK     RESTART/err-RANK                RESTART/events-RANK
 * </pre>
 */
public final class RunFolder {

  /** The job file. */
  public static final String JOB = "job";

  /** The secrets file. */
  public static final String SECRETS = "secrets";

  /** The working folder. */
  public static final String WORK = "work";

  /** The folder of inputs. */
  public static final String INPUTS = "inputs";

  /** The folder of outputs. */
  public static final String OUTPUTS = "outputs";

  /** The checkpoint folder, beside the attempts. */
  public static final String CHECKPOINT = "../checkpoint";

  private RunFolder() {}

  /** The claim file of a restart. */
  public static String claim(int restart) {
    return restart + "/claim";
  }

  /** The process record of a restart. */
  public static String pid(int restart) {
    return restart + "/pid";
  }

  /** The exit record of a restart. */
  public static String exit(int restart) {
    return restart + "/exit";
  }

  /** The notice of a restart that it is being ended. */
  public static String stopping(int restart) {
    return restart + "/stopping";
  }

  /** The file that tells a restart another grace time, in seconds. */
  public static String grace(int restart) {
    return restart + "/grace";
  }

  /** The file behind a stream. */
  public static String stream(int restart, int rank, Channel channel) {
    return restart + "/" + channel.name().toLowerCase(Locale.ROOT) + "-" + rank;
  }
}
