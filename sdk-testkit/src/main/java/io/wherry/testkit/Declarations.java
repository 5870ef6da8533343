package io.wherry.testkit;

import io.wherry.spi.BackendProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where the jar or folder of a provider declares it. */
final class Declarations {
  private Declarations() {}

  /** Whether {@code META-INF/services} names the provider. */
  static boolean inServiceFile(Class<?> provider) {
    return resource(provider, "META-INF/services/" + BackendProvider.class.getName())
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .map(text -> text.lines().map(line -> line.replaceFirst("#.*", "").strip()))
        .map(lines -> lines.anyMatch(provider.getName()::equals))
        .orElse(false);
  }

  /** Whether {@code module-info} provides it; empty if there is none. */
  static Optional<Boolean> inModule(Class<?> provider) {
    return resource(provider, "module-info.class")
        .map(bytes -> ModuleDescriptor.read(ByteBuffer.wrap(bytes)))
        .map(
            module ->
                module.provides().stream()
                    .filter(p -> p.service().equals(BackendProvider.class.getName()))
                    .anyMatch(p -> p.providers().contains(provider.getName())));
  }

  /** A file of the very place that the class comes from, not of the whole class path. */
  private static Optional<byte[]> resource(Class<?> provider, String name) {
    String file = provider.getName().replace('.', '/') + ".class";
    URL place = provider.getResource("/" + file);
    if (place == null) {
      return Optional.empty();
    }
    String root = place.toString().substring(0, place.toString().length() - file.length());
    try (InputStream in = URI.create(root + name).toURL().openStream()) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
