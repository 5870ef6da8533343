package io.wherry.spi;

/**
 * The identity of one attempt; the same key never runs the user's program twice.
 *
 * @param workspaceId the workspace
 * @param runId the run, such as {@code hello-1}
 * @param attempt the attempt, from 1
 */
public record LaunchKey(String workspaceId, String runId, int attempt) {
  /** {@code workspace/run/attempt}, the inverse of {@link #parse}. */
  @Override
  public String toString() {
    return workspaceId + "/" + runId + "/" + attempt;
  }

  /** Reads {@link #toString()} again. */
  public static LaunchKey parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a launch key: " + text);
    }
    return new LaunchKey(parts[0], parts[1], Integer.parseInt(parts[2]));
  }
}
