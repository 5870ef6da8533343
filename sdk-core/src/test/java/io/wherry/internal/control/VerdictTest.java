package io.wherry.internal.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Cause;
import io.wherry.spec.Outcome;
import io.wherry.spec.RetryPolicy;
import io.wherry.spi.Observation;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static Observation.Ended ended(Integer code, Cause cause) {
    return new Observation.Ended(0, code, cause, "", null, null, 0);
  }

  @Test
  void exit_code_0_is_success_even_if_a_cancel_came_too_late() {
    assertThat(Verdict.of(ended(0, Cause.EXITED), true, List.of()).outcome())
        .isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void a_missing_output_turns_success_into_failure_and_names_it() {
    Verdict verdict = Verdict.of(ended(0, Cause.EXITED), false, List.of("model"));
    assertThat(verdict.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(verdict.cause()).isEqualTo(Cause.OUTPUT_MISSING);
    assertThat(verdict.reason()).contains("model");
  }

  @Test
  void a_stop_is_a_cancel_only_if_the_user_asked() {
    assertThat(Verdict.of(ended(143, Cause.STOPPED), true, List.of()).outcome())
        .isEqualTo(Outcome.CANCELED);
    Verdict foreign = Verdict.of(ended(143, Cause.STOPPED), false, List.of());
    assertThat(foreign.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(foreign.reason()).contains("other than this workspace");
  }

  @Test
  void an_unknown_exit_code_is_never_success() {
    assertThat(Verdict.of(ended(null, Cause.EXIT_UNKNOWN), false, List.of()).outcome())
        .isEqualTo(Outcome.FAILED);
  }

  @Test
  void missing_is_lost_unless_we_stopped_it() {
    assertThat(Verdict.missing("gone", false).outcome()).isEqualTo(Outcome.LOST);
    assertThat(Verdict.missing("gone", true).outcome()).isEqualTo(Outcome.CANCELED);
  }

  @Test
  void retries_follow_cause_or_exit_code_up_to_the_limit() {
    RetryPolicy policy = new RetryPolicy(3, Set.of(Cause.NODE_LOST), Set.of(75));
    Verdict tempFail = Verdict.of(ended(75, Cause.EXITED), false, List.of());
    assertThat(tempFail.retried(policy, 1, Set.of())).isTrue();
    assertThat(tempFail.retried(policy, 3, Set.of())).isFalse();
    assertThat(Verdict.of(ended(1, Cause.EXITED), false, List.of()).retried(policy, 1, Set.of()))
        .isFalse();
    Verdict lostNode = Verdict.of(ended(null, Cause.NODE_LOST), false, List.of());
    assertThat(lostNode.retried(policy, 1, Set.of())).isTrue();
    assertThat(lostNode.retried(policy, 1, Set.of(Cause.NODE_LOST)))
        .as("what the engine requeues is not retried twice")
        .isFalse();
  }
}
