package io.wherry.internal.classpath;

import io.wherry.spec.Violation;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** The files and folders that class loaders search, in their order, each once. */
final class SearchPath {
  /** Looks into a jar; null if the file is no jar. */
  @FunctionalInterface
  interface Jars {
    @Nullable JarInfo info(Path file) throws IOException;
  }

  private final Jars jars;
  private final List<Violation> violations;
  private final Set<Path> seen = new LinkedHashSet<>();
  private final List<Path> entries = new ArrayList<>();

  SearchPath(Jars jars, List<Violation> violations) {
    this.jars = jars;
    this.violations = violations;
  }

  /** What was found. */
  List<Path> entries() {
    return entries;
  }

  /**
   * Adds a file or folder and what its manifest's {@code Class-Path} names; ignores what does not
   * exist, as JVMs do.
   */
  void add(Path path) throws IOException {
    Deque<Path> todo = new ArrayDeque<>(List.of(path));
    while (!todo.isEmpty()) {
      Path real;
      Path next = todo.removeFirst();
      try {
        real = next.toRealPath();
      } catch (NoSuchFileException e) {
        continue;
      }
      if (!seen.add(real)) {
        continue;
      }
      JarInfo info = Files.isRegularFile(real) ? jars.info(real) : null;
      if (info == null || !info.pathOnly()) {
        entries.add(next.toAbsolutePath());
      }
      if (info != null) {
        List<Path> classPath = info.classPath();
        for (int i = classPath.size() - 1; i >= 0; i--) {
          todo.addFirst(classPath.get(i));
        }
      }
    }
  }

  /**
   * Adds what the class's loader and the loaders above it search; those above come first, as they
   * do at run time.
   */
  void addLoadersOf(Class<?> main, boolean inMemory) throws IOException {
    ClassLoader system = ClassLoader.getSystemClassLoader();
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    Deque<ClassLoader> loaders = new ArrayDeque<>();
    ClassLoader own = main.getClassLoader();
    for (ClassLoader loader = own == null || own == platform ? system : own;
        loader != null && loader != platform;
        loader = loader.getParent()) {
      loaders.addFirst(loader);
    }
    for (ClassLoader loader : loaders) {
      if (loader == system) {
        String path = System.getProperty("java.class.path", "");
        if (!path.isEmpty() || System.getProperty("jdk.module.main") == null) {
          addPath(path); // an empty one is the working folder, unless a module was started
        }
        addModulePath(System.getProperty("jdk.module.path", ""));
      } else if (loader instanceof URLClassLoader urls) {
        for (URL url : urls.getURLs()) {
          add(url);
        }
      } else if (loader == own ? !inMemory : loader.getDefinedPackages().length > 0) {
        violations.add(
            new Violation(
                "main",
                main.getName(),
                "its class loader "
                    + loader.getClass().getName()
                    + " does not tell which files it reads classes from",
                "build a jar with everything in it and use .jar(path)"));
      }
    }
    CodeSource source = inMemory ? null : main.getProtectionDomain().getCodeSource();
    if (source != null && source.getLocation() != null) {
      add(source.getLocation()); // an agent may have added to the class path unseen
    }
  }

  /**
   * Whether a class is in one of the plain jars or folders, or in a Spring Boot archive among them.
   */
  boolean has(String className) throws IOException {
    String name = className.replace('.', '/') + ".class";
    for (Path entry : entries) {
      if (Files.isDirectory(entry)) {
        if (Files.exists(entry.resolve(name))) {
          return true;
        }
        continue;
      }
      JarInfo info = jars.info(entry);
      if (info != null) {
        try (JarFile jar = new JarFile(entry.toFile(), false)) {
          String folder = info.boot() == null ? "" : info.boot().classes();
          if (jar.getEntry(folder + name) != null) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private void addPath(String path) throws IOException {
    for (String element : path.split(File.pathSeparator, -1)) {
      if (element.equals("*") || element.endsWith(File.separator + "*")) {
        String folder = element.substring(0, element.length() - 1);
        for (Path child : children(Path.of(folder))) {
          if (isJar(child)) {
            add(child);
          }
        }
      } else {
        add(Path.of(element));
      }
    }
  }

  private void addModulePath(String path) throws IOException {
    for (String element : path.isEmpty() ? new String[0] : path.split(File.pathSeparator)) {
      Path entry = Path.of(element);
      if (Files.isDirectory(entry) && !Files.exists(entry.resolve("module-info.class"))) {
        for (Path child : children(entry)) {
          if (isJar(child) || Files.exists(child.resolve("module-info.class"))) {
            add(child);
          }
        }
      } else {
        add(entry);
      }
    }
  }

  private void add(URL url) throws IOException {
    switch (url.getProtocol()) {
      case "file" -> add(path(url));
      case "jar" -> addJarUrl(url);
      case "jrt", "jshell" -> {
        // the JDK's own, or in memory: nothing to carry
      }
      default -> refuse(url, "does not lie on this machine");
    }
  }

  /**
   * {@code jar:file:/a.jar!/}, with a nested jar or folder behind it, or Spring Boot's {@code
   * jar:nested:/a.jar/!b.jar!/}.
   */
  private void addJarUrl(URL url) throws IOException {
    String inner = url.getFile();
    boolean boot = inner.startsWith("nested:");
    String separator = boot ? "/!" : "!/";
    int end = inner.indexOf(separator);
    String outer =
        (boot
            ? "file:" + inner.substring("nested:".length(), Math.max(end, 7))
            : inner.substring(0, Math.max(end, 0)));
    if (end < 0 || !outer.startsWith("file:")) {
      refuse(url, "does not lie on this machine");
      return;
    }
    Path jar = path(new URL(outer));
    String nested = inner.substring(end + separator.length());
    if (!nested.isEmpty() && Files.isRegularFile(jar)) {
      JarInfo info = jars.info(jar.toRealPath());
      if (info == null || info.boot() == null) {
        refuse(url, "lies in a jar that is not a Spring Boot archive");
        return;
      }
    }
    add(jar);
  }

  private void refuse(URL url, String rule) {
    violations.add(
        new Violation(
            "main",
            url.toString(),
            "this entry of the class path " + rule,
            "build a jar with everything in it and use .jar(path)"));
  }

  private static Path path(URL url) throws MalformedURLException {
    try {
      URI uri = url.toURI();
      return Path.of(uri);
    } catch (URISyntaxException | IllegalArgumentException e) {
      try {
        return Path.of(url.getPath()); // not encoded, as old loaders do
      } catch (InvalidPathException again) {
        throw new MalformedURLException("cannot read the class path entry " + url);
      }
    }
  }

  private static boolean isJar(Path path) {
    String name = path.toString();
    return name.endsWith(".jar") || name.endsWith(".JAR");
  }

  private static Set<Path> children(Path folder) throws IOException {
    Set<Path> children = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
        stream.forEach(children::add);
      }
    }
    return children;
  }
}
