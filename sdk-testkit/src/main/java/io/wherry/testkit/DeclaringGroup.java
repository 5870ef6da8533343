package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.Capabilities;
import io.wherry.spi.ConfigKey;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the backend declares is what it is. */
abstract class DeclaringGroup extends Group {
  @Test
  final void features_are_closed_under_implication() throws Exception {
    Capabilities capabilities = bench().capabilities();

    assertThat(capabilities.features()).isEqualTo(Feature.closure(capabilities.features()));
  }

  @Test
  final void asked_twice_it_declares_the_same() throws Exception {
    Capabilities capabilities = bench().capabilities();

    assertThat(bench().capabilities().features()).isEqualTo(capabilities.features());
    assertThat(bench().open().probe().features()).isEqualTo(capabilities.features());
    assertThat(bench().open().probe().nodeSizes()).isEqualTo(capabilities.nodeSizes());
  }

  @Test
  final void numbers_make_sense() throws Exception {
    Capabilities capabilities = bench().capabilities();

    assertThat(capabilities.pollInterval()).isPositive();
    assertThat(capabilities.missingGrace()).isGreaterThanOrEqualTo(Duration.ZERO);
    for (NodeSize size : capabilities.nodeSizes()) {
      assertThat(size.name()).isNotBlank();
      assertThat(size.cpus()).isPositive();
      assertThat(size.memory()).isPositive();
      assertThat(size.gpus()).isNotNegative();
      assertThat(size.nodes()).isNotNegative();
    }
  }

  @Test
  final void gpus_are_declared_where_a_node_has_some() throws Exception {
    Capabilities capabilities = bench().capabilities();

    assertThat(capabilities.nodeSizes())
        .filteredOn(size -> size.gpus() > 0)
        .allMatch(size -> capabilities.features().contains(Feature.GPU));
  }

  @Test
  final void the_provider_describes_itself() {
    BackendProvider provider = bench().fixture().provider();

    assertThat(provider.kind())
        .matches("[a-z][a-z0-9-]*")
        .isEqualTo(bench().fixture().target().kind());
    assertThat(provider.configKeys()).extracting(ConfigKey::name).doesNotHaveDuplicates();
    assertThat(provider.configKeys()).extracting(ConfigKey::description).noneMatch(String::isBlank);
    assertThat(bench().fixture().target().settings().keySet())
        .isSubsetOf(provider.configKeys().stream().map(ConfigKey::name).toList());
  }

  @Test
  final void the_provider_is_declared_in_both_places_or_in_none() throws Exception {
    Class<?> provider = bench().fixture().provider().getClass();

    assertThat(Declarations.inServiceFile(provider))
        .as("named in META-INF/services, as in module-info")
        .isEqualTo(
            Declarations.inModule(provider).orElseGet(() -> Declarations.inServiceFile(provider)));
  }

  @Test
  final void in_an_outage_probing_fails_and_says_why() throws Exception {
    bench().capabilities();
    Optional<BackendFixture.Disturbance> outage = bench().fixture().beginOutage();
    assumeTrue(outage.isPresent(), "the fixture has no way to take the engine out of reach");
    try (BackendFixture.Disturbance open = outage.get()) {
      assertThat(open).isNotNull();
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> bench().backend().probe())
          .satisfies(e -> assertThat(e.getMessage()).isNotBlank())
          .extracting(BackendException::kind)
          .isIn(BackendException.Kind.TRANSIENT, BackendException.Kind.UNAUTHORIZED);
    }
    bench().capabilities();
  }

  @Test
  final void closing_twice_is_closing_once() {
    bench().backend().close();
    bench().backend().close();
  }
}
