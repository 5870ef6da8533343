package io.wherry.internal.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.spec.TargetSpec;
import io.wherry.spi.Backend;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.ConfigKey;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvidersTest {
  private static class Stub implements BackendProvider {
    @Override
    public String kind() {
      return "stub";
    }

    @Override
    public List<ConfigKey> configKeys() {
      return List.of();
    }

    @Override
    public Backend open(TargetSpec target, BackendContext context) {
      throw new AssertionError("finding a provider must not activate it");
    }
  }

  /** Found through a services file. */
  public static final class Found extends Stub {
    @Override
    public String kind() {
      return "found";
    }
  }

  @TempDir Path folder;

  private ClassLoader declaring(String... classNames) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.write(services.resolve(BackendProvider.class.getName()), List.of(classNames));
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
  }

  @Test
  void providers_are_found_by_the_given_loader_and_not_activated() throws IOException {
    Providers providers = new Providers(declaring(Found.class.getName()), List.of());
    assertThat(providers.all()).containsOnlyKeys("found");
  }

  @Test
  void a_broken_provider_is_named_and_does_not_hide_the_others() throws IOException {
    Providers providers =
        new Providers(declaring("no.such.Provider", Found.class.getName()), List.of());
    assertThat(providers.all()).containsOnlyKeys("found");
    assertThat(providers.broken()).singleElement().asString().contains("no.such.Provider");
  }

  @Test
  void two_providers_of_one_kind_are_an_error_that_names_both() throws IOException {
    ClassLoader none = declaring();
    assertThatThrownBy(() -> new Providers(none, List.of(new Stub(), new Stub() {})))
        .hasMessageContaining("\"stub\"")
        .hasMessageContaining(Stub.class.getName() + " and");
  }

  @Test
  void an_unknown_kind_is_refused_with_the_kinds_that_there_are() throws IOException {
    Providers providers = new Providers(declaring(), List.of(new Stub()));
    assertThatThrownBy(() -> providers.get("slurm"))
        .hasMessageContaining("[stub]")
        .hasMessageContaining("add the backend's jar");
  }
}
