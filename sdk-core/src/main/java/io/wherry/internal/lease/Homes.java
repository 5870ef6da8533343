package io.wherry.internal.lease;

import static java.util.Objects.requireNonNull;

import io.wherry.internal.json.Json;
import io.wherry.internal.store.Reads;
import io.wherry.internal.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where a workspace folder has lived. Programs of this machine belong to the folder and host that
 * started them: after the folder was copied or opened on another host, they are not its own to
 * judge. A folder that was merely moved keeps them.
 */
public final class Homes {
  private static final String ID = "workspace.id";
  private static final String HOMES = "workspace.homes";

  /** One home: from which run on it was in use. */
  private record Home(long firstRun, String host, String folderKey, String path) {
    boolean isSamePlace(Home other) {
      return host.equals(other.host) && folderKey.equals(other.folderKey);
    }

    Map<String, Object> json() {
      return Map.of("firstRun", firstRun, "host", host, "folderKey", folderKey, "path", path);
    }

    static Home of(Map<?, ?> json) {
      return new Home(
          ((Number) get(json, "firstRun")).longValue(),
          get(json, "host").toString(),
          get(json, "folderKey").toString(),
          get(json, "path").toString());
    }

    private static Object get(Map<?, ?> json, String key) {
      return requireNonNull(json.get(key), key);
    }
  }

  private final String workspaceId;
  private final List<Home> homes;

  private Homes(String workspaceId, List<Home> homes) {
    this.workspaceId = workspaceId;
    this.homes = homes;
  }

  /** Reads the history and, unless the store is read-only, notes a new home. */
  public static Homes settle(Path folder, Store store) throws IOException {
    List<Home> homes = new ArrayList<>(store.read(Homes::read));
    String id = store.read(r -> r.meta(ID));
    Home last = homes.isEmpty() ? null : homes.get(homes.size() - 1);
    long next =
        store.read(r -> r.newest(1)).stream().mapToLong(row -> row.id() + 1).findFirst().orElse(1);
    Home now = new Home(next, hostId(), folderKey(folder), folder.toString());
    boolean copied =
        last != null
            && !last.isSamePlace(now)
            && last.host.equals(now.host)
            && isWorkspace(last.path);
    boolean sameFolder =
        last != null && last.equals(new Home(last.firstRun, now.host, now.folderKey, now.path));
    if (sameFolder && id != null) {
      return new Homes(id, homes);
    }
    if (last != null && last.isSamePlace(now)) {
      homes.set(
          homes.size() - 1, new Home(last.firstRun, now.host, now.folderKey, now.path)); // moved
    } else {
      homes.add(now);
    }
    String settledId = id == null || copied ? newId() : id;
    if (!store.isReadOnly()) {
      String json = Json.write(homes.stream().map(Home::json).toList());
      store.write(
          tx -> {
            tx.putMeta(ID, settledId);
            tx.putMeta(HOMES, json);
            return true;
          });
    }
    return new Homes(settledId, homes);
  }

  /**
   * A label, no secret: a secure random number would make every first opening wait for its seed.
   */
  private static String newId() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
  }

  private static List<Home> read(Reads reads) {
    @Nullable String json = reads.meta(HOMES);
    List<Home> homes = new ArrayList<>();
    if (json != null) {
      for (Object home : (List<?>) requireNonNull(Json.parse(json))) {
        homes.add(Home.of((Map<?, ?>) home));
      }
    }
    return homes;
  }

  private static boolean isWorkspace(String path) {
    return Files.exists(Path.of(path).resolve(Store.FILE));
  }

  private static String folderKey(Path folder) throws IOException {
    Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    return key == null ? folder.toRealPath().toString() : key.toString();
  }

  /** This machine, also after its name was changed. */
  private static String hostId() throws IOException {
    Path machineId = Path.of("/etc/machine-id");
    String id = Files.isReadable(machineId) ? Files.readString(machineId).strip() : "";
    return id.isEmpty() ? WorkspaceLock.hostName() : id;
  }

  /** The workspace's identity; a copy gets one of its own. */
  public String workspaceId() {
    return workspaceId;
  }

  /**
   * Whose a run is if its program is one of this machine: empty if ours, else the other home in
   * words.
   */
  public String ownerOf(long run) {
    Home now = homes.get(homes.size() - 1);
    Home owner = now;
    for (Home home : homes) {
      if (home.firstRun <= run) {
        owner = home;
      }
    }
    return owner.isSamePlace(now) ? "" : "workspace " + owner.path + " on host " + owner.host;
  }
}
