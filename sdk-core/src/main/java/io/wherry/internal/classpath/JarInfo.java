package io.wherry.internal.classpath;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * What the manifest of a jar says about class paths.
 *
 * @param mainClass its {@code Main-Class}
 * @param classPath files and folders that its {@code Class-Path} names, there or not
 * @param pathOnly whether there is nothing in it but a class path (launchers make such jars to keep
 *     commands short)
 * @param boot where a Spring Boot archive keeps its content; null for any other jar
 */
record JarInfo(
    @Nullable String mainClass, List<Path> classPath, boolean pathOnly, @Nullable Boot boot) {
  private static final JarInfo PLAIN = new JarInfo(null, List.of(), false, null);

  /**
   * The layout of a Spring Boot archive.
   *
   * @param startClass the program's own main class
   * @param classes folder of its classes, ending with a slash
   * @param libraries folder of its jars, ending with a slash
   */
  record Boot(@Nullable String startClass, String classes, String libraries) {}

  static JarInfo of(Path file, JarFile jar) throws IOException {
    Manifest manifest = jar.getManifest();
    if (manifest == null) {
      return PLAIN;
    }
    Attributes attributes = manifest.getMainAttributes();
    List<Path> classPath = classPath(file, attributes.getValue(Attributes.Name.CLASS_PATH));
    boolean pathOnly =
        !classPath.isEmpty()
            && jar.stream().map(ZipEntry::getName).allMatch(JarInfo::isPartOfManifest);
    return new JarInfo(
        attributes.getValue(Attributes.Name.MAIN_CLASS), classPath, pathOnly, boot(attributes));
  }

  private static @Nullable Boot boot(Attributes attributes) {
    String classes = attributes.getValue("Spring-Boot-Classes");
    String libraries = attributes.getValue("Spring-Boot-Lib");
    if (classes == null || libraries == null) {
      return null;
    }
    return new Boot(attributes.getValue("Start-Class"), folder(classes), folder(libraries));
  }

  private static String folder(String name) {
    return name.endsWith("/") ? name : name + "/";
  }

  private static boolean isPartOfManifest(String name) {
    return name.equals("META-INF/") || name.equals(JarFile.MANIFEST_NAME);
  }

  private static List<Path> classPath(Path file, @Nullable String value) {
    List<Path> paths = new ArrayList<>();
    for (String word : value == null ? new String[0] : value.trim().split("\\s+")) {
      try {
        URI uri = file.toAbsolutePath().toUri().resolve(word);
        if ("file".equals(uri.getScheme())) {
          paths.add(Path.of(uri));
        }
      } catch (IllegalArgumentException e) {
        // not a URI of a file: the JVM ignores it as well
      }
    }
    return paths;
  }
}
