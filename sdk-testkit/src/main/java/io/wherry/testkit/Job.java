package io.wherry.testkit;

import io.wherry.spec.Program;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The programs of the contract, each in two forms: POSIX sh for real engines, Java for the fake
 * one.
 */
enum Job {
  /** Prints its arguments, each followed by NUL. */
  ARGUMENTS(
      """
      [ $# -eq 0 ] || printf '%s\\000' "$@"
      """,
      s -> s.arguments().forEach(a -> s.out(a + "\0"))),

  /** Prints the values of the variables that its arguments name, each followed by NUL. */
  VARIABLES(
      """
      for name in "$@"; do
        eval "value=\\${$name-unset}"
        printf '%s\\000' "$value"
      done
      """,
      s -> s.arguments().forEach(a -> s.out(s.env().getOrDefault(a, "unset") + "\0"))),

  /** Prints {@code begun} and exits with its first argument. */
  EXIT(
      """
      echo begun
      exit "$1"
      """,
      s -> s.out("begun\n").exit(Integer.parseInt(s.arguments().get(0)))),

  /**
   * Prints {@code begun}, takes as many seconds as its first argument says, prints {@code done}.
   */
  SLEEP(
      """
      echo begun
      sleep "$1"
      echo done
      """,
      s -> s.out("begun\n").takes(seconds(s.arguments().get(0))).out("done\n")),

  /** Is ended by a signal that nobody sent from outside. */
  KILLS_ITSELF(
      """
      kill -KILL $$
      """,
      s -> s.exit(137)),

  /** Prints whatever comes on standard input, then {@code end}. */
  STANDARD_INPUT(
      """
      cat
      echo end
      """,
      s -> s.out("end\n")),

  /** Prints the files of the working folder that its arguments name. */
  FILES(
      """
      cat -- "$@"
      """,
      s -> {
        for (String file : s.arguments()) {
          s.out(require(s.files(), file));
        }
      }),

  /** Prints how many entries the working folder has. */
  COUNT_FILES(
      """
      ls -A | grep -c . || :
      """,
      s -> s.out(s.files().keySet().stream().filter(f -> !f.contains("/")).count() + "\n")),

  /** Prints {@code clean} or {@code used}, then uses the working folder. */
  USE_FOLDER(
      """
      if [ -e used ]; then echo used; else echo clean; fi
      echo x >used
      echo x >>a.txt
      """,
      s -> s.out(s.files().containsKey("used") ? "used\n" : "clean\n")),

  /** Runs the program {@code tool} of the working folder, which prints {@code tool}. */
  RUN_TOOL(
      """
      ./tool
      """,
      s -> {
        require(s.files(), "tool");
        s.out("tool\n");
      }),

  /** Prints the input {@code data}, or the file of it that the first argument names. */
  INPUT(
      """
      if [ $# -eq 0 ]; then cat "$WHERRY_INPUT_DATA"; else cat "$WHERRY_INPUT_DATA/$1"; fi
      """,
      s ->
          s.out(
              require(
                  s.files(), s.arguments().isEmpty() ? "data" : "data/" + s.arguments().get(0)))),

  /**
   * Prints the number of its attempt and all attempts so far that kept theirs in the checkpoint
   * folder.
   */
  KEEP_ATTEMPT(
      """
      echo "$WHERRY_ATTEMPT"
      echo "$WHERRY_ATTEMPT" >>"$WHERRY_CHECKPOINT/attempts"
      cat "$WHERRY_CHECKPOINT/attempts"
      """,
      s -> {
        String kept = text(s.checkpoint().getOrDefault("attempts", new byte[0]));
        String all = kept + s.attempt() + "\n";
        s.out(s.attempt() + "\n").checkpoint("attempts", bytes(all)).out(all);
      }),

  /**
   * Prints {@code out}, and {@code err} to standard error, and {@code event} to the events file.
   */
  CHANNELS(
      """
      echo out
      echo err >&2
      echo event >>"$WHERRY_EVENTS"
      """,
      s -> s.out("out\n").err("err\n").event("event")),

  /** Prints a line a second, as many as the first argument says. */
  TICKS(
      """
      i=0
      while [ "$i" -lt "$1" ]; do
        echo "tick $i"
        i=$((i + 1))
        sleep 1
      done
      """,
      s -> {
        for (int i = 0; i < Integer.parseInt(s.arguments().get(0)); i++) {
          s.out("tick " + i + "\n").takes(Duration.ofSeconds(1));
        }
      }),

  /** Prints as many times 1024 letters as the first argument says, without a line break. */
  LONG_LINE(
      """
      dd if=/dev/zero bs=1024 count="$1" 2>/dev/null | tr '\\000' x
      """,
      s -> {
        byte[] line = new byte[1024 * Integer.parseInt(s.arguments().get(0))];
        Arrays.fill(line, (byte) 'x');
        s.out(line);
      }),

  /** Prints {@code begun}, then, asked to stop, {@code bye} and exits with 7. */
  OBEDIENT(
      """
      trap 'echo bye; exit 7' TERM
      echo begun
      sleep 600 &
      wait
      """,
      s -> s.onStop("bye\n", 7).out("begun\n").takes(Duration.ofMinutes(10))),

  /** Prints {@code begun} and ignores that it is asked to stop. */
  STUBBORN(
      """
      trap '' TERM
      echo begun
      sleep 600
      """,
      s -> s.ignoresStop().out("begun\n").takes(Duration.ofMinutes(10))),

  /** Prints {@code begun} and waits for a grandchild that ignores being asked to stop. */
  FAMILY(
      """
      sh -c 'trap "" TERM; (sleep 600; :) & echo begun; wait' &
      wait
      """,
      s -> s.forks().out("begun\n").takes(Duration.ofMinutes(10))),

  /** Leaves a process behind and exits. */
  LEAVE_CHILD(
      """
      sleep 600 &
      echo begun
      """,
      s -> s.forks().out("begun\n")),

  /** Leaves a process behind in a session of its own, without the run's environment, and exits. */
  LEAVE_FUGITIVE(
      """
      env -i PATH="$PATH" setsid sh -c 'while :; do sleep 1; done' "$CONTRACT_MARK" >/dev/null 2>&1 </dev/null &
      sleep 1
      echo begun
      """,
      s -> s.forks().takes(Duration.ofSeconds(1)).out("begun\n")),

  /** Uses 256 MiB of memory and prints {@code survived}. */
  USE_MEMORY(
      """
      dd if=/dev/zero of=/dev/null bs=268435456 count=1 2>/dev/null && echo survived
      """,
      s -> s.uses(256L << 20).out("survived\n")),

  /** Writes {@code content} to the output {@code result}. */
  WRITE_FILE(
      """
      printf content >"$WHERRY_OUTPUT_RESULT"
      """,
      s -> s.output("result", bytes("content"))),

  /** Writes a folder with odd names to the output {@code my-model.v1}. */
  WRITE_FOLDER(
      """
      cd "$WHERRY_OUTPUT_MY_MODEL_V1" 2>/dev/null || { mkdir "$WHERRY_OUTPUT_MY_MODEL_V1" && cd "$WHERRY_OUTPUT_MY_MODEL_V1"; }
      mkdir sub 'with space'
      printf a >sub/a
      printf b >"with space/it's \\"b\\" \\$x"
      printf c >sub/größe
      : >empty
      """,
      s -> {
        s.output("my-model.v1", "sub/a", bytes("a"));
        s.output("my-model.v1", "with space/it's \"b\" $x", bytes("b"));
        s.output("my-model.v1", "sub/größe", bytes("c"));
        s.output("my-model.v1", "empty", new byte[0]);
      }),

  /** Prints its rank variables, one line. */
  RANK(
      """
      echo "$RANK $WORLD_SIZE $LOCAL_RANK $NODE_RANK $MASTER_ADDR:$MASTER_PORT"
      """,
      s -> {
        Map<String, String> env = s.env();
        s.out(
            String.join(" ", env.get("RANK"), env.get("WORLD_SIZE"), env.get("LOCAL_RANK"))
                + (" " + env.get("NODE_RANK") + " ")
                + (env.get("MASTER_ADDR") + ":" + env.get("MASTER_PORT") + "\n"));
      }),

  /** Rank 1 exits with 3; the others take ten minutes. */
  ONE_RANK_FAILS(
      """
      echo begun
      [ "$RANK" = 1 ] && exit 3
      sleep 600
      """,
      s -> {
        s.out("begun\n");
        if (s.rank() == 1) {
          s.exit(3);
        }
        s.takes(Duration.ofMinutes(10));
      }),

  /** Prints the secret {@code API_KEY} and then all command lines of itself and its parent. */
  SECRET(
      """
      echo "$API_KEY"
      for p in $$ $PPID; do
        [ -r "/proc/$p/cmdline" ] && tr '\\000' ' ' <"/proc/$p/cmdline"
      done
      """,
      s -> s.out(s.env().getOrDefault("API_KEY", "unset") + "\nsh -c " + s.arguments() + "\n"));

  private final String shell;

  @SuppressWarnings("ImmutableEnumChecker") // behaviours of this enum have no state
  private final Behaviour behaviour;

  Job(String shell, Behaviour behaviour) {
    this.shell = shell;
    this.behaviour = behaviour;
  }

  /** The job as a command with arguments. */
  Program.Command command(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", shell, "job"));
    argv.addAll(List.of(arguments));
    return new Program.Command(argv);
  }

  /** What a fake engine plays for a program, if it is one of the contract's. */
  static Optional<Behaviour> behaviour(Program program) {
    if (program instanceof Program.Command command) {
      List<String> argv = command.argv();
      return Arrays.stream(values())
          .filter(j -> argv.size() > 3 && argv.get(2).equals(j.shell))
          .map(j -> j.behaviour)
          .findFirst();
    }
    return program instanceof Program.Java java && java.mainClass().equals(JavaJob.class.getName())
        ? Optional.of(ARGUMENTS.behaviour)
        : Optional.empty();
  }

  private static byte[] require(Map<String, byte[]> files, String file) {
    byte[] content = files.get(file);
    if (content == null) {
      throw new IllegalStateException("no file " + file + " among " + files.keySet());
    }
    return content;
  }

  private static Duration seconds(String text) {
    return Duration.ofSeconds(Long.parseLong(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
