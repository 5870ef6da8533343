package io.wherry.local.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.Run;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Finding runs again. */
final class SearchTest extends WorkspaceTest {
  @BeforeEach
  void three_runs() {
    List<Run> runs = new java.util.ArrayList<>();
    for (double accuracy : new double[] {0.8, 0.95, 0.9}) {
      runs.add(
          sh("birds", "echo metric accuracy={acc} >>$WHERRY_EVENTS; [ {acc} != 0.9 ]")
              .param("acc", accuracy)
              .tag("team", accuracy > 0.85 ? "birds" : "fish")
              .submit());
    }
    runs.forEach(WorkspaceTest::await);
  }

  private List<String> ids(String query, String order) {
    return ws.runs().search(query).orderBy(order).list().stream().map(Run::id).toList();
  }

  @Test
  void by_tag_and_metric_in_order() {
    assertThat(ids("tags.team = 'birds' and metrics.accuracy > 0.85", "metrics.accuracy desc"))
        .containsExactly("birds-2", "birds-3");
    assertThat(ids("metrics.accuracy < 0.9", "created")).containsExactly("birds-1");
    assertThat(ids("params.acc = 0.95", "created")).containsExactly("birds-2");
    assertThat(ids("state = 'FAILED'", "created")).containsExactly("birds-3");
    assertThat(ids("not tags.team = 'birds'", "created")).containsExactly("birds-1");
  }

  @Test
  void the_newest_come_first_and_no_more_than_asked_for() {
    assertThat(ws.runs().search("name = 'birds'").limit(2).list())
        .extracting(Run::id)
        .containsExactly("birds-3", "birds-2");
    assertThat(ws.runs().list(1)).extracting(Run::id).containsExactly("birds-3");
    assertThat(ws.runs().search("tags.team = 'nobody'").list()).isEmpty();
  }

  @Test
  void a_mistake_is_pointed_at() {
    assertThatThrownBy(() -> ws.runs().search("tags.team = "))
        .isInstanceOfSatisfying(
            WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_QUERY));
    assertThatThrownBy(() -> ws.runs().search("colour = 3").list()).hasMessageContaining("colour");
    assertThatThrownBy(() -> ws.runs().get("birds-9"))
        .isInstanceOfSatisfying(
            WherryException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND))
        .hasMessageContaining("birds-3");
  }
}
