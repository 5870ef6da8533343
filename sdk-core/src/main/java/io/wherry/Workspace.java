package io.wherry;

import io.wherry.internal.control.Controller;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A folder that holds compute targets, runs and data, and the way to all of them. Thread-safe.
 *
 * <p>One process at a time has it open for writing. Opening a folder that this JVM has open already
 * gives the same workspace; it closes when every opening has been closed. Closing stops no run: the
 * next opening takes them up again.
 */
public final class Workspace implements AutoCloseable {
  private final Controller controller;
  private final String defaultTarget;
  private final Retention retention;
  private final Runnable onClose;

  Workspace(Controller controller, String defaultTarget, Runnable onClose) {
    this.controller = controller;
    this.defaultTarget = defaultTarget;
    this.retention = new Retention(controller);
    this.onClose = onClose;
  }

  /**
   * Opens a workspace, made on first use.
   *
   * @throws io.wherry.spec.WherryException {@code WORKSPACE_LOCKED} if another process has it open,
   *     {@code CORRUPT}, {@code NEWER_VERSION} or {@code IO} if it cannot be used; the message says
   *     what to do
   */
  public static Workspace open(Path folder) {
    return builder(folder).open();
  }

  /** Opens a workspace in another way than the usual one. */
  public static WorkspaceBuilder builder(Path folder) {
    return new WorkspaceBuilder(folder);
  }

  /** A draft of a run of that name; does nothing yet. */
  public RunDraft run(String name) {
    return new RunDraft(controller, name, defaultTarget);
  }

  /** The compute targets. */
  public ComputeTargets compute() {
    return new ComputeTargets(controller);
  }

  /** The runs that there are. */
  public Runs runs() {
    return new Runs(controller, retention);
  }

  /** The named data. */
  public Datasets data() {
    return new Datasets(controller);
  }

  /**
   * Deletes all runs that ended longer ago than that, and content that nothing refers to any more.
   * Blocks.
   */
  public PruneReport prune(Duration olderThan) {
    return retention.prune(olderThan);
  }

  /** The folder. */
  public Path folder() {
    return controller.folder();
  }

  /** The workspace's identity; a copy of the folder gets one of its own. */
  public String id() {
    return controller.workspaceId();
  }

  /** Whether it was opened for reading only. */
  public boolean isReadOnly() {
    return controller.readOnly();
  }

  /** Gives this opening back. Stops no run. */
  @Override
  public void close() {
    onClose.run();
  }

  @Override
  public String toString() {
    return "workspace " + folder() + (isReadOnly() ? " (read-only)" : "");
  }
}
