package io.wherry.internal.classpath;

import io.wherry.internal.snapshot.ContentException;
import io.wherry.internal.snapshot.Snapshots;
import io.wherry.internal.snapshot.Snapshots.SizedBlob;
import io.wherry.spec.Content;
import io.wherry.spec.Violation;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Freezes what a Java program needs to run elsewhere. Knows the class and module path of this JVM,
 * {@link java.net.URLClassLoader}s, Spring Boot archives, and classes that a notebook, JShell or
 * the source launcher compiled into memory; refuses the rest. Thread-safe. Verbs block as those of
 * {@link Snapshots} do.
 *
 * <p>Programs run on a plain class path: services that a module declares in its {@code module-info}
 * alone are not found.
 */
public final class ClassPathCapture {
  private final Snapshots snapshots;
  private final Map<Path, Known<JarInfo>> jars = new ConcurrentHashMap<>();
  private final Map<Path, Known<List<Content>>> unpacked = new ConcurrentHashMap<>();

  private record Stamp(long size, FileTime modified, @Nullable Object key) {}

  private record Known<T>(Stamp stamp, T value) {}

  /** Freezes into the store of {@code snapshots}. */
  public ClassPathCapture(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /**
   * Freezes the class path that a class of this JVM runs on.
   *
   * @throws ContentException if it cannot be started elsewhere; says everything at once
   */
  public FrozenClassPath capture(Class<?> main) throws IOException {
    List<Violation> violations = new ArrayList<>();
    String problem = problemOf(main);
    if (problem != null) {
      violations.add(
          new Violation(
              "main",
              main.getName(),
              problem,
              "name a class with public static void main(String[])"));
      throw new ContentException(violations);
    }
    List<Content> entries = new ArrayList<>();
    boolean inMemory = MemoryClasses.isOne(main);
    if (inMemory) {
      entries.add(new MemoryClasses(snapshots).capture(main, violations));
    }
    SearchPath search = new SearchPath(this::infoOf, violations);
    search.addLoadersOf(main, inMemory);
    if (!violations.isEmpty()) {
      throw new ContentException(violations);
    }
    entries.addAll(freeze("main", search.entries()));
    return new FrozenClassPath(main.getName(), entries);
  }

  /**
   * Freezes a jar that {@code java -jar} could start.
   *
   * @throws ContentException if it could not
   */
  public FrozenClassPath capture(Path jar) throws IOException {
    String next = "name a jar that java -jar can start";
    if (!Files.isRegularFile(jar)) {
      throw refused(jar, Files.exists(jar) ? "is not a file" : "does not exist", next);
    }
    JarInfo info = infoOf(jar.toRealPath());
    if (info == null) {
      throw refused(jar, "is not a jar", next);
    }
    String main = info.boot() == null ? info.mainClass() : info.boot().startClass();
    if (main == null) {
      throw refused(
          jar,
          "its manifest names no " + (info.boot() == null ? "Main-Class" : "Start-Class"),
          "add one, or put the jar on the class path and use .main(Class)");
    }
    List<Violation> violations = new ArrayList<>();
    SearchPath search = new SearchPath(this::infoOf, violations);
    search.add(jar);
    if (!search.has(main)) {
      throw refused(jar, "its main class " + main + " is not in it", "rebuild it");
    }
    return new FrozenClassPath(main, freeze("jar", search.entries()));
  }

  private List<Content> freeze(String at, List<Path> paths) throws IOException {
    List<Path> plain = new ArrayList<>();
    for (Path path : paths) {
      if (bootOf(path) == null) {
        plain.add(path);
      }
    }
    List<Content> frozen = snapshots.capturePaths(at, plain);
    Map<Content, Path> distinct = new LinkedHashMap<>();
    int next = 0;
    for (Path path : paths) {
      JarInfo.Boot boot = bootOf(path);
      for (Content content : boot == null ? List.of(frozen.get(next++)) : unpack(at, path, boot)) {
        distinct.putIfAbsent(content, path);
      }
    }
    return List.copyOf(distinct.keySet());
  }

  private JarInfo.@Nullable Boot bootOf(Path path) throws IOException {
    JarInfo info = Files.isDirectory(path) ? null : infoOf(path);
    return info == null ? null : info.boot();
  }

  /** What a jar says of itself; null if the file is no jar. */
  private @Nullable JarInfo infoOf(Path file) throws IOException {
    Stamp stamp = stamp(file);
    Known<JarInfo> known = jars.get(file);
    if (known != null && known.stamp.equals(stamp)) {
      return known.value;
    }
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      JarInfo info = JarInfo.of(file, jar);
      jars.put(file, new Known<>(stamp, info));
      return info;
    } catch (ZipException e) {
      return null;
    }
  }

  /**
   * The classes and libraries of a Spring Boot archive, so that they run without Boot's own loader.
   */
  private List<Content> unpack(String at, Path file, JarInfo.Boot boot) throws IOException {
    Stamp stamp = stamp(file);
    Known<List<Content>> known = unpacked.get(file);
    if (known != null
        && known.stamp.equals(stamp)
        && snapshots.store().missing(snapshots.reachable(known.value)).isEmpty()) {
      return known.value;
    }
    Map<String, SizedBlob> classes = new LinkedHashMap<>();
    List<Content> libraries = new ArrayList<>();
    String provided = boot.libraries().replaceFirst("/$", "-provided/");
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        String name = entry.getName();
        boolean library = name.startsWith(boot.libraries()) || name.startsWith(provided);
        if (entry.isDirectory() || !(library || name.startsWith(boot.classes()))) {
          continue;
        }
        try (InputStream in = jar.getInputStream(entry)) {
          var digest = snapshots.store().add(in);
          if (library) {
            libraries.add(new Content.Blob(digest, name.substring(name.lastIndexOf('/') + 1)));
          } else {
            classes.put(
                name.substring(boot.classes().length()), new SizedBlob(digest, entry.getSize()));
          }
        }
      }
    }
    List<Content> contents = new ArrayList<>();
    contents.add(snapshots.tree(at, classes));
    contents.addAll(libraries);
    unpacked.put(file, new Known<>(stamp, List.copyOf(contents)));
    return contents;
  }

  private static Stamp stamp(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }

  private static @Nullable String problemOf(Class<?> main) {
    if (main.isPrimitive() || main.isArray()) {
      return "is not a class";
    }
    if (main.isHidden() || Proxy.isProxyClass(main) || main.isSynthetic()) {
      return "was generated at run time (a lambda, a proxy or a hidden class) and exists in this JVM only";
    }
    try {
      if (main.isAnonymousClass()
          || main.isLocalClass()
          || (main.isMemberClass() && !Modifier.isStatic(main.getModifiers()))) {
        return "is an inner class";
      }
      Method method = main.getMethod("main", String[].class);
      return Modifier.isStatic(method.getModifiers()) && method.getReturnType() == void.class
          ? null
          : "its main method is not public static void main(String[])";
    } catch (NoSuchMethodException e) {
      return "has no public static void main(String[])";
    } catch (LinkageError e) {
      return "cannot be linked (" + e + ")";
    }
  }

  private static ContentException refused(Path jar, String rule, String nextStep) {
    return new ContentException(
        new Violation("jar", jar.toString().replace(File.separatorChar, '/'), rule, nextStep));
  }
}
