package io.wherry.local;

import io.wherry.spec.TargetSpec;
import io.wherry.spi.Backend;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendProvider;
import io.wherry.spi.ConfigKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Kind {@code local}: processes on this machine. */
public final class LocalProvider implements BackendProvider {

  static final String SLOTS = "slots";
  static final String SLOT_FOLDER = "slotFolder";

  /** Found by the service loader. */
  public LocalProvider() {}

  @Override
  public String kind() {
    return LocalHandle.KIND;
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of(
        ConfigKey.optional(
            SLOTS, "how many CPUs runs may take in all; default: those of the machine"),
        ConfigKey.optional(
            SLOT_FOLDER,
            "folder of the files by which all workspaces share CPUs and GPUs; default: wherry/slots"
                + " in the user's cache folder"));
  }

  @Override
  public Backend open(TargetSpec target, BackendContext context) {
    String slots = target.settings().get(SLOTS);
    String folder = target.settings().get(SLOT_FOLDER);
    return new LocalBackend(
        context,
        Host.thisMachine(),
        folder == null ? cache(System.getenv()) : absolute(folder),
        slots == null ? Runtime.getRuntime().availableProcessors() : positive(slots),
        "nvidia-smi");
  }

  private static int positive(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) { // said below
    }
    throw new IllegalArgumentException(
        SLOTS + " = " + text + ": must be a whole number of at least 1");
  }

  private static Path absolute(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(SLOT_FOLDER + " = " + text + ": must be an absolute path");
    }
    return path;
  }

  private static Path cache(Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path folder =
        cache.startsWith("/") ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
    return folder.resolve("wherry").resolve("slots");
  }
}
