package io.wherry;

import io.wherry.internal.check.Durations;
import io.wherry.internal.control.AttemptRecord;
import io.wherry.internal.control.Controller;
import io.wherry.internal.control.RunRecord;
import io.wherry.internal.store.OutputRow;
import io.wherry.spec.Cause;
import io.wherry.spec.MetricPoint;
import io.wherry.spec.Outcome;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How a run ended. A failed run is a value too; only {@link #orThrow} throws.
 *
 * @param id the run
 * @param target name of its target
 * @param outcome how it ended
 * @param cause why
 * @param reason why in words; empty for a plain success
 * @param exitCode exit code of the process that decided; empty where none is known
 * @param attempts all attempts, oldest first
 * @param duration from the last attempt's start of the program to its end; zero if it never started
 * @param metrics the last value of every metric
 * @param outputs what it wrote, by output name
 * @param lastLines the last lines of its logs, at most 20; empty after a success
 */
public record RunResult(
    String id,
    String target,
    Outcome outcome,
    Cause cause,
    String reason,
    OptionalInt exitCode,
    List<Attempt> attempts,
    Duration duration,
    Map<String, Double> metrics,
    Map<String, Artifact> outputs,
    List<String> lastLines) {
  private static final int LAST_LINES = 20;

  static RunResult of(Controller controller, RunRecord run) {
    AttemptRecord last = run.newest();
    if (!run.state().isFinal()) {
      throw new IllegalStateException(run.id() + " has not ended: it is " + run.state());
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    Map<String, Artifact> outputs = new LinkedHashMap<>();
    controller
        .store()
        .read(
            reads -> {
              for (Map.Entry<String, MetricPoint> e : reads.latest(run.pk()).entrySet()) {
                metrics.put(e.getKey(), e.getValue().value());
              }
              for (OutputRow row :
                  run.spec().outputs().isEmpty() ? List.<OutputRow>of() : reads.outputs(run.pk())) {
                outputs.put(row.name(), new Artifact(controller, run.id(), row));
              }
              return true;
            });
    Outcome outcome = Outcome.valueOf(run.state().name());
    Attempt attempt = new Attempt(last);
    return new RunResult(
        run.id(),
        run.spec().target(),
        outcome,
        attempt.cause().orElse(Cause.EXITED),
        run.reason(),
        attempt.exitCode(),
        run.attempts().stream().map(Attempt::new).toList(),
        duration(last),
        metrics,
        outputs,
        outcome == Outcome.SUCCEEDED ? List.of() : lastLines(controller, run.id()));
  }

  private static List<String> lastLines(Controller controller, String id) {
    return new RunLogs(controller, id).last(LAST_LINES).stream().map(LogLine::text).toList();
  }

  private static Duration duration(AttemptRecord attempt) {
    if (attempt.started() == null || attempt.ended() == null) {
      return Duration.ZERO;
    }
    Duration duration = Duration.between(attempt.started(), attempt.ended());
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  /**
   * What the run wrote as that output.
   *
   * @throws WherryException {@code NOT_FOUND} with the names that there are
   */
  public Artifact output(String name) {
    Artifact artifact = outputs.get(name);
    if (artifact == null) {
      throw new WherryException(
          Code.NOT_FOUND,
          id
              + " has no output \""
              + name
              + "\"; it has "
              + outputs.keySet()
              + " -> declare it with .output(\""
              + name
              + "\") and write it in the program");
    }
    return artifact;
  }

  /**
   * This result, if the run succeeded.
   *
   * @throws RunFailedException if it did not
   */
  public RunResult orThrow() {
    if (outcome != Outcome.SUCCEEDED) {
      throw new RunFailedException(this);
    }
    return this;
  }

  /** {@code hello-1 SUCCEEDED on local in 0.01 s, exit code 0}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(id).append(' ').append(outcome).append(" on ").append(target);
    text.append(" in ").append(Durations.format(duration));
    exitCode.ifPresent(code -> text.append(", exit code ").append(code));
    if (attempts.size() > 1) {
      text.append(", ").append(attempts.size()).append(" attempts");
    }
    if (!reason.isEmpty()) {
      text.append(": ").append(reason);
    }
    return text.toString();
  }
}
