package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The contract finds what is wrong with a backend, in the group where its author would look. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class BackendContractTest {
  static Stream<Arguments> flaws() {
    return Stream.of(
        arguments(BrokenBackends.NeverSaysTheSameTwice.class, "Planning"),
        arguments(BrokenBackends.TrustsEveryDigest.class, "Staging"),
        arguments(BrokenBackends.FoldsLines.class, "Launching"),
        arguments(BrokenBackends.ForgetsTheExitCode.class, "Launching"),
        arguments(BrokenBackends.ForgetsIdempotency.class, "Idempotency"),
        arguments(BrokenBackends.ReportsStatesBackwards.class, "Observing"),
        arguments(BrokenBackends.ChangesItsMind.class, "Observing"),
        arguments(BrokenBackends.SaysMissingDuringAnOutage.class, "Observing"),
        arguments(BrokenBackends.LosesCheckpoints.class, "Attempts"),
        arguments(BrokenBackends.MixesRanks.class, "Ranks"),
        arguments(BrokenBackends.LosesALogByte.class, "Streams"),
        arguments(BrokenBackends.RepeatsALogByte.class, "Streams"),
        arguments(BrokenBackends.MergesStandardError.class, "Streams"),
        arguments(BrokenBackends.StartsAfterStop.class, "Stopping"),
        arguments(BrokenBackends.KeepsLimitsOnlyWhileAClientLooks.class, "Limits"),
        arguments(BrokenBackends.CollectsHalfAnOutput.class, "Collecting"),
        arguments(BrokenBackends.ShowsASecret.class, "Secrets"),
        arguments(BrokenBackends.LeaksAProcess.class, "Releasing"),
        arguments(BrokenBackends.NeverReleases.class, "Releasing"),
        arguments(BrokenBackends.StopsOnClose.class, "Reattach"),
        arguments(BrokenBackends.DeclaresAtRandom.class, "Declaring"));
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void a_broken_backend_fails_where_it_is_broken(Class<?> broken, String group) {
    assertThat(failedGroups(run(broken))).contains(group);
  }

  @Test
  void every_group_has_seen_a_broken_backend() {
    assertThat(flaws().map(flaw -> flaw.get()[1]).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(BackendContract.class.getDeclaredClasses())
                .map(Class::getSimpleName)
                .toList());
  }

  @Test
  void every_broken_backend_is_tried() {
    assertThat(flaws().map(flaw -> flaw.get()[0]))
        .containsExactlyInAnyOrder((Object[]) BrokenBackends.class.getDeclaredClasses());
  }

  private static Events run(Class<?> contract) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(contract))
        .execute()
        .testEvents();
  }

  private static Set<String> failedGroups(Events tests) {
    return tests.failed().stream()
        .map(event -> event.getTestDescriptor().getUniqueId())
        .flatMap(id -> id.getSegments().stream())
        .filter(segment -> segment.getType().equals("nested-class"))
        .map(UniqueId.Segment::getValue)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
