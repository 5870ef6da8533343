package io.wherry.internal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.spec.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransitionsTest {
  @ParameterizedTest
  @EnumSource(RunState.class)
  void states_only_move_forward(RunState from) {
    assertThat(Transitions.successors(from)).allMatch(to -> to.compareTo(from) > 0);
  }

  @ParameterizedTest
  @EnumSource(RunState.class)
  void exactly_the_final_states_have_no_successor(RunState state) {
    assertThat(Transitions.successors(state).isEmpty()).isEqualTo(state.isFinal());
  }

  @Test
  void success_is_reached_through_collecting_only() {
    for (RunState from : RunState.values()) {
      assertThat(Transitions.allowed(from, RunState.SUCCEEDED))
          .isEqualTo(from == RunState.COLLECTING);
    }
  }

  @Test
  void an_illegal_step_is_refused_with_both_names() {
    assertThatThrownBy(() -> Transitions.check(RunState.RUNNING, RunState.QUEUED))
        .hasMessage("an attempt cannot go from RUNNING to QUEUED");
  }

  @Test
  void the_diagram_in_the_docs_is_the_table() throws IOException {
    assertThat(Files.readString(Path.of("../docs/run-states.md"))).contains(Transitions.diagram());
  }
}
