package io.wherry.spi.help;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The job wrapper: a script for {@code sh} that surrounds the user's program on every target; its
 * head says how to call it.
 */
public final class WrapperScript {

  private final byte[] bytes;
  private final String fileName;

  private WrapperScript(byte[] bytes) {
    this.bytes = bytes;
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    this.fileName = "wrapper-" + HexFormat.of().toHexDigits(sum.getValue(), 8) + ".sh";
  }

  /** Loads the script of this version. */
  public static WrapperScript load() {
    try (InputStream in = WrapperScript.class.getResourceAsStream("wrapper.sh")) {
      if (in == null) {
        throw new IllegalStateException("wrapper.sh is missing from the jar");
      }
      return new WrapperScript(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The script itself. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** A file name that differs between versions of the script, so that old runs keep theirs. */
  public String fileName() {
    return fileName;
  }

  /**
   * Puts the script into a folder of this machine, unless it is there. Idempotent, also between
   * processes.
   */
  public Path install(Path folder) throws IOException {
    Path file = folder.resolve(fileName);
    if (!Files.exists(file)) {
      Path temporary = Files.createTempFile(folder, "wrapper", null);
      Files.write(temporary, bytes);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }
}
