package io.wherry;

import static java.util.Objects.requireNonNull;

import io.wherry.internal.control.Controller;
import io.wherry.internal.control.Targets;
import io.wherry.internal.discovery.Providers;
import io.wherry.internal.lease.Homes;
import io.wherry.internal.lease.WorkspaceLock;
import io.wherry.internal.secret.GeneratedSecrets;
import io.wherry.internal.secret.SecretResolver;
import io.wherry.internal.snapshot.FolderBlobStore;
import io.wherry.internal.snapshot.Snapshots;
import io.wherry.internal.store.Store;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.BackendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a workspace is opened. Mutable and for one thread. */
public final class WorkspaceBuilder {
  private static final Duration SECRET_TIMEOUT = Duration.ofSeconds(30);

  private final Path folder;
  private @Nullable String defaultTarget;
  private Function<String, @Nullable String> secrets = name -> null;
  private Clock clock = Clock.systemUTC();
  private ClassLoader classLoader = requireNonNull(WorkspaceBuilder.class.getClassLoader());
  private final List<BackendProvider> backends = new ArrayList<>();
  private long logLimit = Long.MAX_VALUE;
  private boolean readOnly;

  WorkspaceBuilder(Path folder) {
    this.folder = requireNonNull(folder, "folder");
  }

  /**
   * The target of drafts that name none; else the environment variable {@code WHERRY_TARGET}, else
   * {@code local}.
   */
  public WorkspaceBuilder defaultTarget(String name) {
    this.defaultTarget = requireNonNull(name, "name");
    return this;
  }

  /**
   * Where {@link io.wherry.spec.Secret#named} finds values; gives null for a name that it does not
   * know.
   */
  public WorkspaceBuilder secrets(Function<String, @Nullable String> source) {
    this.secrets = requireNonNull(source, "source");
    return this;
  }

  /** The clock for all times that users see; the system's if not said. */
  public WorkspaceBuilder clock(Clock source) {
    this.clock = requireNonNull(source, "source");
    return this;
  }

  /** Where backends are looked for; the loader of Wherry's own classes if not said. */
  public WorkspaceBuilder classLoader(ClassLoader loader) {
    this.classLoader = requireNonNull(loader, "loader");
    return this;
  }

  /** A backend beside those that are found. */
  public WorkspaceBuilder backend(BackendProvider provider) {
    backends.add(requireNonNull(provider, "provider"));
    return this;
  }

  /** How many bytes are kept of each log stream of an ended attempt, its end; all if not said. */
  public WorkspaceBuilder logLimit(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("logLimit = " + bytes + ": at least 1 byte");
    }
    this.logLimit = bytes;
    return this;
  }

  /** Takes no lease and changes nothing: for looking on while another process works. */
  public WorkspaceBuilder readOnly() {
    this.readOnly = true;
    return this;
  }

  /** Opens it; see {@link Workspace#open}. */
  public Workspace open() {
    Path real = prepared();
    return OpenWorkspaces.get(real, readOnly, () -> controller(real), defaultTarget());
  }

  private String defaultTarget() {
    String fromEnvironment = System.getenv("WHERRY_TARGET");
    return defaultTarget != null
        ? defaultTarget
        : fromEnvironment != null && !fromEnvironment.isBlank() ? fromEnvironment : Targets.LOCAL;
  }

  private Path prepared() {
    try {
      if (!readOnly && !Files.isDirectory(folder)) {
        Files.createDirectories(folder.toAbsolutePath().getParent());
        Files.createDirectories(folder, ownerOnly());
      }
      if (!Files.isDirectory(folder)) {
        throw new WherryException(
            Code.NOT_FOUND,
            "there is no workspace folder "
                + folder
                + " -> correct the path; read-only makes none");
      }
      if (!readOnly && !Files.isWritable(folder)) {
        throw new WherryException(
            Code.READ_ONLY,
            "workspace folder "
                + folder
                + " cannot be written -> open it with .readOnly(), or mend its permissions");
      }
      return folder.toRealPath();
    } catch (IOException e) {
      throw new WherryException(
          Code.IO,
          "workspace folder "
              + folder
              + " could not be made: "
              + e
              + " -> choose a folder that you may write",
          e);
    }
  }

  private FileAttribute<?>[] ownerOnly() {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private OpenWorkspaces.Opened controller(Path real) {
    @Nullable WorkspaceLock lock = null;
    @Nullable Store store = null;
    try {
      lock = readOnly ? null : WorkspaceLock.take(real, clock);
      store = Store.open(real, readOnly);
      Controller controller =
          new Controller(
              real,
              Homes.settle(real, store),
              store,
              new Snapshots(real, new FolderBlobStore(real.resolve("blobs")), clock),
              new Providers(classLoader, backends),
              new SecretResolver(
                  secrets, new GeneratedSecrets(real.resolve("secrets")), SECRET_TIMEOUT),
              clock,
              logLimit,
              readOnly);
      controller.recover();
      WorkspaceLock held = lock;
      return new OpenWorkspaces.Opened(
          controller,
          () -> {
            controller.close();
            if (held != null) {
              held.close();
            }
          });
    } catch (IOException e) {
      closeAll(store, lock);
      throw new WherryException(Code.IO, "workspace " + real + " could not be opened: " + e, e);
    } catch (RuntimeException e) {
      closeAll(store, lock);
      throw e;
    }
  }

  private static void closeAll(@Nullable Store store, @Nullable WorkspaceLock lock) {
    if (store != null) {
      store.close();
    }
    if (lock != null) {
      lock.close();
    }
  }
}
