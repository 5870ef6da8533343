package io.wherry.internal.classpath;

import io.wherry.internal.snapshot.Snapshots;
import io.wherry.internal.snapshot.Snapshots.SizedBlob;
import io.wherry.spec.Content;
import io.wherry.spec.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Classes that lie in no file, because a notebook, JShell or the source launcher compiled them into
 * memory: their loader hands out their bytes as resources.
 */
final class MemoryClasses {
  private static final Set<String> ON_DISK = Set.of("file", "jar", "jrt", "nested");

  /**
   * The class that JShell wraps around a snippet; its static fields are the session's variables.
   */
  private static final Pattern SNIPPET = Pattern.compile("REPL/\\$JShell\\$\\d+[A-Z]*");

  private final Snapshots snapshots;

  MemoryClasses(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /** Whether a class was compiled into memory by somebody who still knows its bytes. */
  static boolean isOne(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader != null && inMemory(loader, type.getName().replace('.', '/')) != null;
  }

  /** A class and all that it needs of its loader's classes in memory, as a tree. */
  Content.Tree capture(Class<?> main, List<Violation> violations) throws IOException {
    ClassLoader loader = main.getClassLoader();
    Map<String, SizedBlob> files = new LinkedHashMap<>();
    Set<String> variables = new HashSet<>();
    Set<String> seen = new HashSet<>();
    Deque<String> todo = new ArrayDeque<>(List.of(main.getName().replace('.', '/')));
    while (!todo.isEmpty()) {
      String name = todo.removeFirst();
      URL resource = seen.add(name) ? inMemory(loader, name) : null;
      if (resource == null) {
        continue;
      }
      byte[] bytes = bytes(resource);
      files.put(name + ".class", new SizedBlob(snapshots.store().add(bytes), bytes.length));
      ClassReferences references = ClassReferences.of(bytes);
      todo.addAll(references.classes());
      for (ClassReferences.Field field : references.fields()) {
        Matcher snippet = SNIPPET.matcher(field.owner());
        if (snippet.matches() && !name.equals(field.owner()) && variables.add(field.name())) {
          violations.add(
              new Violation(
                  "main",
                  field.name(),
                  main.getSimpleName()
                      + " uses this variable of the session, whose value stays in this JVM",
                  "pass the value on by .param(\"" + field.name() + "\", " + field.name() + ")"));
        }
      }
    }
    return snapshots.tree("main", files);
  }

  private static @Nullable URL inMemory(ClassLoader loader, String name) {
    URL resource = loader.getResource(name + ".class");
    return resource == null || ON_DISK.contains(resource.getProtocol()) ? null : resource;
  }

  private static byte[] bytes(URL resource) throws IOException {
    URLConnection connection = resource.openConnection();
    connection.setUseCaches(false);
    try (InputStream in = connection.getInputStream()) {
      return in.readAllBytes();
    }
  }
}
