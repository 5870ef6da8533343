package io.wherry.local;

import io.wherry.spi.BackendException;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.WorkloadHandle;

/**
 * The text of a handle: the host and the attempt's folder relative to the runs folder, so that a
 * workspace may be moved.
 *
 * @param hostId the machine on which it runs
 * @param folder {@code run/attempt}
 */
record LocalHandle(String hostId, String folder) {

  static final String KIND = "local";
  private static final int VERSION = 1;

  static LocalHandle of(String hostId, LaunchKey key) {
    return new LocalHandle(hostId, key.runId() + "/" + key.attempt());
  }

  WorkloadHandle handle() {
    return new WorkloadHandle(KIND, VERSION, hostId + " " + folder);
  }

  LaunchKey key(String workspaceId) {
    return LaunchKey.parse(workspaceId + "/" + folder);
  }

  static LocalHandle parse(WorkloadHandle handle) throws BackendException {
    int blank = handle.text().indexOf(' ');
    if (!handle.kind().equals(KIND) || handle.version() > VERSION || blank < 0) {
      throw new BackendException(
          BackendException.Kind.REJECTED,
          "the handle "
              + handle
              + " was made by a newer version or another backend; open the workspace with that"
              + " version");
    }
    return new LocalHandle(handle.text().substring(0, blank), handle.text().substring(blank + 1));
  }
}
