package io.wherry.internal.snapshot;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.wherry.internal.snapshot.FolderScan.Found;
import io.wherry.internal.snapshot.Ingest.RestlessException;
import io.wherry.internal.snapshot.Ingest.UnreadableException;
import io.wherry.internal.snapshot.StatCache.Known;
import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.Program;
import io.wherry.spec.RunSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Freezes folders and files of this machine into the workspace's blob store, and brings trees back
 * from it. Thread-safe; several processes may work on one workspace at once. Verbs block; an
 * interrupt ends them with {@link InterruptedIOException} and leaves nothing half-written. The
 * object owns two threads, which end with {@link #close}.
 */
public final class Snapshots implements AutoCloseable {
  /**
   * Files modified less than this before they were read are read again next time: their time stamp
   * may not move.
   */
  private static final long RACY = TimeUnit.SECONDS.toNanos(2);

  private static final int THREADS = 2;
  private static final int KNOWN_TREES = 64;
  private static final int KNOWN_FILES = 4096;
  private static final String FILES_PAGE = "files";

  private final Path workspace;
  private final FolderBlobStore store;
  private final Clock clock;
  private final StatCache cache;
  private final Path trees;
  private final Workers workers = new Workers(THREADS);
  private final ConcurrentLinkedQueue<Ingest> idle = new ConcurrentLinkedQueue<>();
  private final Map<Digest, Set<Digest>> reached =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Set<Digest>> eldest) {
          return size() > KNOWN_TREES;
        }
      };

  /**
   * A frozen folder.
   *
   * @param tree what it became
   * @param files number of files
   * @param bytes their bytes
   * @param read how many of them had to be read
   */
  public record Captured(Content.Tree tree, int files, long bytes, int read) {}

  /**
   * Works for one workspace. No I/O.
   *
   * @param workspace the workspace's folder; gets {@code trees} and {@code stats} beside the
   *     store's blobs
   * @param store where blobs go
   * @param clock compared with the time stamps of files
   */
  public Snapshots(Path workspace, FolderBlobStore store, Clock clock) {
    this.workspace = workspace.toAbsolutePath();
    this.store = store;
    this.clock = clock;
    this.cache = new StatCache(this.workspace.resolve("stats"));
    this.trees = this.workspace.resolve("trees");
  }

  /** Freezes a run's source folder; {@link #capture(String, Path)} with the path {@code source}. */
  public Captured capture(Path folder) throws IOException {
    return capture("source", folder);
  }

  /**
   * Freezes a folder: everything in it but what its {@code .wherryignore} files, {@code .git} and
   * the workspace itself leave out. Files known as unchanged are not read.
   *
   * @param at where in the spec the folder stands, for violations
   * @throws ContentException if it is no folder or holds what cannot be frozen; says everything at
   *     once
   */
  public Captured capture(String at, Path folder) throws IOException {
    Problems problems = new Problems(at);
    Path root = realFolder(folder, problems);
    Path own = Files.exists(workspace) ? workspace.toRealPath() : workspace;
    if (root.equals(own)) {
      problems.add(
          folder.toString(),
          "is the workspace itself",
          "name the folder of your program, or put the workspace into a folder of its own");
      problems.throwIfAny();
    }
    FolderScan scan = new FolderScan(root, own, problems);
    AtomicLong read = new AtomicLong();
    @Nullable Known[] known = resolve(scan.files, root.toString(), problems, read);
    problems.throwIfAny();

    List<Manifest.Entry> entries = new ArrayList<>(scan.others);
    int files = 0;
    long bytes = 0;
    for (int i = 0; i < known.length; i++) {
      Known now = known[i];
      if (now != null) {
        FileStat stat = now.stat();
        entries.add(
            new Manifest.File(
                scan.files.get(i).path(), now.digest(), stat.size(), stat.isExecutable()));
        files++;
        bytes += stat.size();
      }
    }
    return new Captured(store(entries), files, bytes, read.intValue());
  }

  /** Freezes one file; follows a link. */
  public Content.Blob captureFile(String at, Path file) throws IOException {
    return (Content.Blob) capturePath(at, file);
  }

  /** Freezes a file as a blob or a folder as a tree. */
  public Content capturePath(String at, Path path) throws IOException {
    return capturePaths(at, List.of(path)).get(0);
  }

  /**
   * Freezes files as blobs and folders as trees, in the order given.
   *
   * @throws ContentException if some cannot be frozen; says everything at once
   */
  public List<Content> capturePaths(String at, List<Path> paths) throws IOException {
    Problems problems = new Problems(at);
    List<Found> files = new ArrayList<>();
    Map<Integer, Content> contents = new HashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      Path path = paths.get(i);
      if (Files.isDirectory(path)) {
        contents.put(i, capture(at, path).tree());
      } else {
        file(path, problems, files);
      }
    }
    problems.throwIfAny();
    @Nullable Known[] known = resolve(files, FILES_PAGE, problems, new AtomicLong());
    int next = 0;
    List<Content> all = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      Content content = contents.get(i);
      if (content == null) {
        Known now = known[next++];
        if (now == null) {
          missing(paths.get(i), problems);
          continue;
        }
        content = new Content.Blob(now.digest(), String.valueOf(paths.get(i).getFileName()));
      }
      all.add(content);
    }
    problems.throwIfAny();
    return all;
  }

  /**
   * Stores a tree made of given files, which are in the store already.
   *
   * @param at where in the spec it stands, for violations
   * @param files digest and size by path below the tree's root
   */
  public Content.Tree tree(String at, Map<String, SizedBlob> files) throws IOException {
    List<Manifest.Entry> entries = new ArrayList<>();
    Set<String> folders = new LinkedHashSet<>();
    files.forEach(
        (path, blob) -> {
          for (int i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) {
            folders.add(path.substring(0, i));
          }
          entries.add(new Manifest.File(path, blob.digest(), blob.size(), false));
        });
    folders.forEach(f -> entries.add(new Manifest.Folder(f)));
    try {
      return store(Manifest.of(entries));
    } catch (Manifest.MalformedException e) {
      Problems problems = new Problems(at);
      problems.add(
          String.valueOf(e.getMessage()), "cannot be a folder's content", "rebuild the archive");
      problems.throwIfAny();
      throw new IllegalStateException(e);
    }
  }

  /** A blob with its size. */
  public record SizedBlob(Digest digest, long size) {}

  /** The store that content is frozen into. */
  public FolderBlobStore store() {
    return store;
  }

  /**
   * Makes a private, writable copy of a tree. The folder appears complete or not at all; one that
   * is there and not empty is taken for complete. One call at a time for one folder.
   *
   * @param into the folder; its parent is made where needed
   * @throws IOException if a blob is missing or damaged, or the disk fails
   */
  public void materialise(Digest manifest, Path into) throws IOException {
    if (Files.isDirectory(into) && !isEmpty(into)) {
      return;
    }
    Path target = into.toAbsolutePath();
    Files.createDirectories(target.getParent());
    Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
    PrivateFiles.deleteTree(partial);
    try {
      new TreeWriter(store, workers).write(manifest(manifest), partial, true);
      Files.move(partial, target, ATOMIC_MOVE);
    } finally {
      PrivateFiles.deleteTree(partial);
    }
  }

  /**
   * A read-only copy of a tree that all runs share; made by the first who asks. Nobody may write to
   * it.
   *
   * @throws IOException if a blob is missing or damaged, or the disk fails
   */
  public Path sharedTree(Digest manifest) throws IOException {
    Path shared = trees.resolve(manifest.hex());
    if (Files.isDirectory(shared)) {
      touch(shared);
      return shared;
    }
    Files.createDirectories(workspace);
    PrivateFiles.makeFolder(trees);
    Path partial =
        trees.resolve(
            ".tmp-" + ProcessHandle.current().pid() + "-" + Long.toString(System.nanoTime(), 36));
    try {
      new TreeWriter(store, workers).write(manifest(manifest), partial, false);
      try {
        Files.move(partial, shared, ATOMIC_MOVE);
        PrivateFiles.permit(shared, "r-x------");
      } catch (IOException e) {
        if (!Files.isDirectory(shared)) {
          throw e;
        } // somebody else was faster, with the same content
      }
    } finally {
      PrivateFiles.deleteTree(partial);
    }
    return shared;
  }

  /**
   * Everything that a run needs: its blobs, its trees' manifests and the blobs of those.
   *
   * @throws IOException if a manifest is missing or damaged
   */
  public Set<Digest> reachable(RunSpec spec) throws IOException {
    List<Content> contents = new ArrayList<>(spec.inputs().values());
    if (spec.source() != null) {
      contents.add(spec.source());
    }
    if (spec.program() instanceof Program.Java java) {
      contents.addAll(java.classPath());
    }
    return reachable(contents);
  }

  /** {@link #reachable(RunSpec)} for content by itself. */
  public Set<Digest> reachable(Collection<? extends Content> contents) throws IOException {
    Set<Digest> digests = new LinkedHashSet<>();
    for (Content content : contents) {
      if (content instanceof Content.Blob blob) {
        digests.add(blob.digest());
      } else if (content instanceof Content.Tree tree) {
        digests.add(tree.manifest());
        digests.addAll(reachable(tree.manifest()));
      }
    }
    return digests;
  }

  /**
   * Deletes blobs, shared trees and kept attributes that are not in use.
   *
   * @param marked all digests that are reachable from what is kept
   * @param grace how long the unmarked is kept after its last use; {@link FolderBlobStore#sweep}
   *     says what is safe
   */
  public FolderBlobStore.Swept sweep(Set<Digest> marked, Duration grace) throws IOException {
    long oldest = clock.millis() - grace.toMillis();
    for (Path folder : List.of(trees, workspace.resolve("stats"))) {
      for (Path path : children(folder)) {
        String name = String.valueOf(path.getFileName());
        boolean used =
            folder.equals(trees)
                && name.matches("[0-9a-f]{64}")
                && marked.contains(new Digest(name));
        long modified = path.toFile().lastModified();
        if (!used && modified > 0 && modified <= oldest) {
          discard(path);
        }
      }
    }
    return store.sweep(marked, grace, clock);
  }

  /** Ends the threads; work in progress fails. */
  @Override
  public void close() {
    workers.close();
  }

  private void discard(Path path) throws IOException {
    // out of sight at once: nobody may be given a tree that is being deleted
    Path condemned = path.resolveSibling(".tmp-gone-" + System.nanoTime());
    try {
      Files.move(path, condemned, ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return;
    }
    PrivateFiles.deleteTree(condemned);
  }

  private Set<Digest> reachable(Digest manifest) throws IOException {
    synchronized (reached) {
      Set<Digest> known = reached.get(manifest);
      if (known != null) {
        return known;
      }
    }
    Set<Digest> digests = manifest(manifest).digests();
    remember(manifest, digests);
    return digests;
  }

  private void remember(Digest manifest, Set<Digest> digests) {
    synchronized (reached) {
      reached.put(manifest, digests);
    }
  }

  private Manifest manifest(Digest digest) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(store.file(digest));
    } catch (ClosedByInterruptException e) {
      throw Workers.interrupted(e);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "the folder's manifest "
              + digest
              + " is not in the workspace; submit the run again from its source",
          e);
    }
    try {
      if (!Sha256.of(bytes).equals(digest)) {
        throw new Manifest.MalformedException("its bytes have changed");
      }
      return Manifest.parse(bytes);
    } catch (Manifest.MalformedException e) {
      throw new IOException(
          "the folder's manifest " + digest + " cannot be used: " + e.getMessage(), e);
    }
  }

  private Content.Tree store(List<Manifest.Entry> entries) throws IOException {
    try {
      return store(Manifest.of(entries));
    } catch (Manifest.MalformedException e) {
      // a scan gives nothing else than good entries, unless the folder changed its shape meanwhile
      throw new IOException(
          "the folder changed while it was read: " + e.getMessage() + "; try again", e);
    }
  }

  private Content.Tree store(Manifest manifest) throws IOException {
    Digest digest = store.add(manifest.bytes());
    remember(digest, manifest.digests());
    return new Content.Tree(digest);
  }

  /** Digests of files, from the cache where it knows them; null for those that are gone. */
  private @Nullable Known[] resolve(
      List<Found> files, String pageName, Problems problems, AtomicLong read) throws IOException {
    Map<String, Known> page = cache.page(pageName);
    @Nullable Known[] known = new Known[files.size()];
    boolean[] racy = new boolean[files.size()];
    workers.each(
        files.size(),
        (i, canceled) -> {
          Found found = files.get(i);
          Known before = page.get(found.path());
          if (before != null
              && before.stat().equals(found.stat())
              && store.stillUses(before.digest(), before.stat().size())) {
            known[i] = before;
            return;
          }
          read.incrementAndGet();
          long start = TimeUnit.MILLISECONDS.toNanos(clock.millis());
          Ingest ingest = idle.poll();
          if (ingest == null) {
            ingest = new Ingest(store);
          }
          try {
            Known now = ingest.add(found.file(), found.stat(), canceled);
            known[i] = now;
            racy[i] = now != null && now.stat().modified() > start - RACY;
          } catch (UnreadableException e) {
            problems.unreadable(found.path(), e.reason);
          } catch (RestlessException e) {
            problems.add(
                found.path(),
                "kept changing while it was read",
                "let its writer finish first, or leave it out by a line in "
                    + IgnoreRules.FILE_NAME);
          } finally {
            idle.add(ingest);
          }
        });
    if (read.get() > 0 || page.size() != files.size()) {
      keep(pageName, page, files, known, racy);
    }
    return known;
  }

  private void keep(
      String pageName,
      Map<String, Known> page,
      List<Found> files,
      @Nullable Known[] known,
      boolean[] racy) {
    Map<String, Known> next = new HashMap<>(files.size() * 2);
    if (pageName.equals(FILES_PAGE) && page.size() < KNOWN_FILES) {
      next.putAll(page);
    }
    for (int i = 0; i < known.length; i++) {
      Known now = known[i];
      if (now == null || racy[i]) {
        next.remove(files.get(i).path());
      } else {
        next.put(files.get(i).path(), now);
      }
    }
    cache.store(pageName, next);
  }

  private static Path realFolder(Path folder, Problems problems) throws IOException {
    if (!Files.exists(folder)) {
      missing(folder, problems);
    } else if (!Files.isDirectory(folder)) {
      problems.add(folder.toString(), "is not a folder", "name the folder that holds the file");
    }
    problems.throwIfAny();
    return folder.toRealPath();
  }

  private static void file(Path path, Problems problems, List<Found> files) throws IOException {
    Path real;
    try {
      real = path.toRealPath();
    } catch (NoSuchFileException e) {
      missing(path, problems);
      return;
    }
    FileStat stat = FileStat.of(real);
    if (stat.isFile()) {
      files.add(new Found(real, real.toString(), stat));
    } else {
      problems.add(
          path.toString(),
          "is neither a file nor a folder (a pipe, socket or device)",
          "name a file or folder");
    }
  }

  private static void missing(Path path, Problems problems) {
    problems.add(
        path.toString(),
        "does not exist (looked in " + path.toAbsolutePath().getParent() + ")",
        "correct the path");
  }

  private static boolean isEmpty(Path folder) throws IOException {
    return children(folder).isEmpty();
  }

  private static List<Path> children(Path folder) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException e) {
      return children;
    }
    return children;
  }

  private static void touch(Path folder) {
    long now = System.currentTimeMillis();
    if (now - folder.toFile().lastModified() > FolderBlobStore.REFRESH.toMillis()) {
      folder.toFile().setLastModified(now); // only delays a sweep
    }
  }
}
