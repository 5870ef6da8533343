package io.wherry.benchmarks;

import io.wherry.internal.snapshot.FolderBlobStore;
import io.wherry.internal.snapshot.Snapshots;
import io.wherry.internal.snapshot.Snapshots.Captured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Freezing a folder of 2,000 files and 200 MB in a process that has done so before, beside {@code
 * rsync -a} of the same folder: into an empty place, and again with nothing changed. Neither forces
 * anything to the disk; rsync's time includes its start, as anybody's use of it would.
 *
 * <p>Copies stay until the end: file systems make new files more slowly just after many were
 * deleted.
 */
final class SnapshotSpeed implements Benchmark {
  private static final int FILES = 2000;
  private static final int FILES_PER_FOLDER = 50;
  private static final int FILE_BYTES = 100_000;
  private static final int WARM_UP = 3;
  private static final int ROUNDS = 5;

  /** Files younger than this are read again, as they may still change within one tick. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  @Override
  public String name() {
    return "snapshot";
  }

  @Override
  public List<Figure> run(Lab lab) throws Exception {
    if (!hasRsync()) {
      Lab.say("SKIPPED snapshot-first, snapshot-unchanged: there is no rsync -> install it");
      return List.of();
    }
    Path source = source(lab.folder("source"));
    long written = System.nanoTime();
    Lab.await(
        "settling of files",
        SETTLED.multipliedBy(2),
        () -> System.nanoTime() - written > SETTLED.toNanos());
    rounds(lab, source, WARM_UP);
    return rounds(lab, source, ROUNDS);
  }

  private List<Figure> rounds(Lab lab, Path source, int rounds) throws Exception {
    Samples first = new Samples();
    Samples again = new Samples();
    Samples rsyncFirst = new Samples();
    Samples rsyncAgain = new Samples();
    for (int round = 0; round < rounds; round++) {
      Samples.interleaved(
          1,
          round % 2 == 0
              ? new Samples.Source[] {
                () -> wherry(lab.folder("frozen"), source, first, again),
                () -> rsync(lab.place("copy"), source, rsyncFirst, rsyncAgain)
              }
              : new Samples.Source[] {
                () -> rsync(lab.place("copy"), source, rsyncFirst, rsyncAgain),
                () -> wherry(lab.folder("frozen"), source, first, again)
              });
    }
    return List.of(
        Figure.ratioAtMost(
            name() + "-first", first.median(), "ms", "rsync -a", rsyncFirst.median(), 1),
        Figure.ratioAtMost(
            name() + "-unchanged",
            again.median(),
            "ms",
            "rsync -a unchanged",
            rsyncAgain.median(),
            0.5));
  }

  private static double wherry(Path workspace, Path source, Samples first, Samples again)
      throws IOException {
    FolderBlobStore store = new FolderBlobStore(workspace.resolve("blobs"));
    try (Snapshots snapshots = new Snapshots(workspace, store, Clock.systemUTC())) {
      long start = System.nanoTime();
      Captured all = snapshots.capture(source);
      first.add(Samples.millisSince(start));
      start = System.nanoTime();
      Captured none = snapshots.capture(source);
      again.add(Samples.millisSince(start));
      if (all.read() != FILES || none.read() != 0 || !none.tree().equals(all.tree())) {
        throw new IllegalStateException("first " + all + ", then " + none);
      }
    }
    return 0;
  }

  private static double rsync(Path copy, Path source, Samples first, Samples again)
      throws Exception {
    first.add(rsync(source, copy));
    again.add(rsync(source, copy));
    return 0;
  }

  private static double rsync(Path source, Path copy) throws Exception {
    List<String> command = List.of("rsync", "-a", source + "/", copy + "/");
    long start = System.nanoTime();
    int exitCode = new ProcessBuilder(command).inheritIO().start().waitFor();
    double millis = Samples.millisSince(start);
    ChildJvm.requireSuccess("rsync", exitCode);
    return millis;
  }

  private static boolean hasRsync() throws InterruptedException {
    try {
      return new ProcessBuilder("rsync", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Path source(Path folder) throws IOException {
    Random random = new Random(1);
    byte[] content = new byte[FILE_BYTES];
    for (int i = 0; i < FILES; i++) {
      random.nextBytes(content);
      Path parent = folder.resolve("part-" + i / FILES_PER_FOLDER);
      Files.createDirectories(parent);
      Files.write(parent.resolve("file-" + i + ".bin"), content);
    }
    return folder;
  }
}
