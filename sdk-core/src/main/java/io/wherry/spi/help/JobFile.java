package io.wherry.spi.help;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The job file: what the wrapper needs to know about one attempt, as a fragment for {@code sh}.
 * Text in it is quoted; {@code $w_i} (rank), {@code $w_r} (restart) are the wrapper's.
 *
 * @param header first line, a comment for the backend's own use; one line
 * @param key launch key as text
 * @param bootId identity of the machine's current boot, for slot files
 * @param ranks processes on this node
 * @param timeLimit longest time from the start, or null
 * @param grace time between TERM and KILL
 * @param folder absolute path of the attempt's folder
 * @param environment variables equal for all ranks
 * @param rankEnvironment for each rank the variables of its own beyond RANK, LOCAL_RANK and the
 *     event file; may be empty
 * @param secrets whether there is a secrets file
 * @param controlGroup absolute path of the control group that the program joins, or null
 * @param slotFolder folder of slot files
 * @param slots names of slot files that this run has taken
 * @param argv program and arguments
 */
public record JobFile(
    String header,
    String key,
    String bootId,
    int ranks,
    @Nullable Duration timeLimit,
    Duration grace,
    String folder,
    Map<String, String> environment,
    List<Map<String, String>> rankEnvironment,
    boolean secrets,
    @Nullable String controlGroup,
    String slotFolder,
    List<String> slots,
    List<String> argv) {

  public JobFile {
    requireNonNull(key, "key");
    environment = Map.copyOf(environment);
    rankEnvironment = List.copyOf(rankEnvironment);
    slots = List.copyOf(slots);
    argv = List.copyOf(argv);
  }

  /** The fragment. */
  public String text() {
    StringBuilder out = new StringBuilder(1024);
    out.append("# ").append(header).append('\n');
    out.append("w_key=").append(Shell.quote(key)).append(" w_boot=").append(Shell.quote(bootId));
    out.append(" w_ranks=").append(ranks);
    out.append(" w_limit=").append(timeLimit == null ? "0" : seconds(timeLimit));
    out.append(" w_grace=").append(seconds(grace));
    out.append(" w_secrets=").append(secrets ? "1" : "");
    out.append(" w_cgroup=").append(controlGroup == null ? "" : Shell.quote(controlGroup));
    out.append(" w_slotdir=").append(Shell.quote(slotFolder));
    out.append(" w_slots='").append(String.join(" ", slots)).append("'\n");
    out.append("w_env() {\n");
    export(out, environment);
    if (secrets) {
      out.append("w_secret\n");
    }
    out.append("w_x=").append(Shell.quote(folder)).append("/$w_r\n");
    out.append("export WHERRY_EVENTS=\"$w_x/events-$w_i\" WHERRY_STOPPING=\"$w_x/stopping\"");
    out.append(" RANK=\"$w_i\" LOCAL_RANK=\"$w_i\"\n");
    if (!rankEnvironment.isEmpty()) {
      out.append("case $w_i in\n");
      for (int rank = 0; rank < rankEnvironment.size(); rank++) {
        out.append(rank).append(")\n");
        export(out, rankEnvironment.get(rank));
        out.append(";;\n");
      }
      out.append("esac\n");
    }
    out.append("}\nw_exec() { exec \"$w_setsid\" ")
        .append(Shell.quote(argv))
        .append("; }\nw_job=1\n");
    return out.toString();
  }

  /** The secrets file for these values. */
  public static String secretsText(Map<String, String> values) {
    StringBuilder out = new StringBuilder("w_secret() {\n");
    export(out, values);
    return out.append("}\n").toString();
  }

  /** Seconds as {@code sleep} reads them, rounded up to milliseconds. */
  public static String seconds(Duration duration) {
    long millis = duration.plusNanos(999_999).toMillis();
    return millis % 1000 == 0
        ? Long.toString(millis / 1000)
        : millis / 1000 + "." + String.format(Locale.ROOT, "%03d", millis % 1000);
  }

  private static void export(StringBuilder out, Map<String, String> variables) {
    if (variables.isEmpty()) {
      out.append(":\n");
      return;
    }
    out.append("export");
    variables.forEach(
        (name, value) -> out.append(' ').append(name).append('=').append(Shell.quote(value)));
    out.append('\n');
  }
}
