package io.wherry.internal.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Keys that the workspace makes itself: one owner-only file each, outside the database.
 * Thread-safe.
 */
public final class GeneratedSecrets {
  private static final int BYTES = 32;

  private final Path folder;
  private final SecureRandom random = new SecureRandom();

  /** Uses a folder that is made when the first key is needed. */
  public GeneratedSecrets(Path folder) {
    this.folder = folder;
  }

  /** The key of that name: 256 random bits in URL-safe Base64, the same at every call. */
  public synchronized String get(String name) throws IOException {
    Path file =
        folder.resolve(
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(name.getBytes(StandardCharsets.UTF_8)));
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Files.readString(file);
    }
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    Files.createDirectories(folder, ownerOnly("rwx------"));
    Path temp = Files.createTempFile(folder, ".new", "", ownerOnly("rw-------"));
    try {
      Files.writeString(temp, text, StandardOpenOption.WRITE);
      Files.createLink(file, temp);
    } catch (FileAlreadyExistsException e) {
      return Files.readString(file);
    } finally {
      Files.delete(temp);
    }
    return text;
  }

  private FileAttribute<?>[] ownerOnly(String permissions) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
