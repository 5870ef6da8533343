package io.wherry.internal.discovery;

import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.BackendProvider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The kinds of compute targets that the class path offers. A broken provider does not hide the
 * others.
 */
public final class Providers {
  private final Map<String, BackendProvider> byKind = new TreeMap<>();
  private final List<String> broken = new ArrayList<>();

  /**
   * Looks through a class loader and adds the given ones.
   *
   * @throws WherryException if two providers claim the same kind
   */
  public Providers(ClassLoader loader, Collection<BackendProvider> added) {
    added.forEach(this::add);
    Iterator<BackendProvider> found = ServiceLoader.load(BackendProvider.class, loader).iterator();
    while (true) {
      try {
        if (!found.hasNext()) {
          return;
        }
        add(found.next());
      } catch (ServiceConfigurationError e) {
        broken.add(String.valueOf(e.getMessage()));
      }
    }
  }

  private void add(BackendProvider provider) {
    BackendProvider other = byKind.putIfAbsent(provider.kind(), provider);
    if (other != null && other.getClass() != provider.getClass()) {
      throw new WherryException(
          Code.CONFLICT,
          "two backends claim the kind \""
              + provider.kind()
              + "\": "
              + other.getClass().getName()
              + " and "
              + provider.getClass().getName()
              + " -> keep one of them on the class path");
    }
  }

  /** All providers that could be loaded, by kind. */
  public Map<String, BackendProvider> all() {
    return Map.copyOf(byKind);
  }

  /** Why some could not be loaded; empty if all could. */
  public List<String> broken() {
    return List.copyOf(broken);
  }

  /**
   * The provider of a kind.
   *
   * @throws WherryException {@code NOT_FOUND} with the kinds that there are
   */
  public BackendProvider get(String kind) {
    BackendProvider provider = byKind.get(kind);
    if (provider == null) {
      throw new WherryException(
          Code.NOT_FOUND,
          "there is no backend of kind \""
              + kind
              + "\"; the class path offers "
              + byKind.keySet()
              + (broken.isEmpty() ? "" : " and could not load " + broken)
              + " -> add the backend's jar (for local runs: sdk-local)");
    }
    return provider;
  }
}
