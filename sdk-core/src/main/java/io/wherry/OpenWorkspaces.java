package io.wherry;

import io.wherry.internal.control.Controller;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The workspaces that this JVM has open: the one piece of static state, so that a notebook cell
 * that runs again and two libraries in one service get the same workspace instead of a lock error
 * (ADR 0008).
 */
final class OpenWorkspaces {
  private static final Map<Key, Shared> OPEN = new HashMap<>();

  private record Key(Path folder, boolean readOnly) {}

  /** A controller and what ends it. */
  record Opened(Controller controller, Runnable close) {}

  private static final class Shared {
    private final Opened opened;
    private int openings;

    Shared(Opened opened) {
      this.opened = opened;
    }
  }

  private OpenWorkspaces() {}

  static Workspace get(Path folder, boolean readOnly, Supplier<Opened> open, String defaultTarget) {
    Key key = new Key(folder, readOnly);
    synchronized (OPEN) {
      Shared shared = OPEN.get(key);
      if (shared == null) {
        shared = new Shared(open.get());
        OPEN.put(key, shared);
      }
      shared.openings++;
      AtomicBoolean given = new AtomicBoolean();
      return new Workspace(
          shared.opened.controller(),
          defaultTarget,
          () -> {
            if (given.compareAndSet(false, true)) {
              giveBack(key);
            }
          });
    }
  }

  private static void giveBack(Key key) {
    synchronized (OPEN) {
      Shared shared = OPEN.get(key);
      if (shared != null && --shared.openings == 0) {
        OPEN.remove(key);
        shared.opened.close().run();
      }
    }
  }
}
