package io.wherry.examples;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that come with the examples, brought to where a run can be given them. */
public final class Resources {
  private Resources() {}

  /** Writes a resource that lies beside a class into a folder, which is made if need be. */
  public static Path copy(Class<?> beside, String name, Path folder) throws IOException {
    Path file = Files.createDirectories(folder).resolve(name);
    try (InputStream in = requireNonNull(beside.getResourceAsStream(name), name)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  /** A new folder with that resource alone, gone when the JVM ends: what is submitted is frozen. */
  public static Path folderWith(Class<?> beside, String name) throws IOException {
    Path folder = Files.createTempDirectory("wherry-example");
    folder.toFile().deleteOnExit();
    copy(beside, name, folder).toFile().deleteOnExit();
    return folder;
  }
}
