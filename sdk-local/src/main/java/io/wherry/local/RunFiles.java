package io.wherry.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.spec.Cause;
import io.wherry.spi.Observation;
import io.wherry.spi.help.ExitRecord;
import io.wherry.spi.help.PidRecord;
import io.wherry.spi.help.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files of one attempt and the process table say together. A value is made for one look
 * and thrown away.
 *
 * @param host this machine
 * @param folder the attempt's folder
 */
record RunFiles(Host host, Path folder) {

  /** The exit record, empty while it is not there. */
  Optional<ExitRecord> exit() throws IOException {
    return read(RunFolder.exit(0)).flatMap(ExitRecord::parse);
  }

  /** The process record, empty before the start. */
  Optional<PidRecord> pids() throws IOException {
    return read(RunFolder.pid(0)).flatMap(PidRecord::parse);
  }

  /**
   * The line that a wrapper left in its claim; an empty list if nothing is claimed, without fields
   * if it is cut short.
   */
  Optional<Claim> claim() throws IOException {
    return read(RunFolder.claim(0)).map(Claim::parse);
  }

  /**
   * Who claimed the run.
   *
   * @param wrapper the claimer, null if the line is not whole
   * @param bootId boot at that time, empty if not known
   */
  record Claim(PidRecord.@Nullable Id wrapper, String bootId) {
    static Claim parse(String text) {
      String[] fields = text.strip().split(" ", -1);
      if (fields.length < 3 || !text.endsWith("\n")) {
        return new Claim(null, "");
      }
      return new Claim(
          new PidRecord.Id(Long.parseLong(fields[0]), Long.parseLong(fields[1])), fields[2]);
    }
  }

  /** Looks; empty if this folder is a copy of the one where the run really is. */
  Optional<Observation> look() throws IOException {
    Optional<ExitRecord> exit = exit();
    if (exit.isPresent()) {
      return Optional.of(ended(exit.get()));
    }
    Long inode = inode();
    if (inode == null) {
      return Optional.of(new Observation.Missing("the run folder " + folder + " was deleted"));
    }
    Optional<JobHeader> job = JobHeader.read(folder.resolve(RunFolder.JOB));
    if (job.isPresent() && job.get().inode() != inode) {
      return Optional.empty();
    }
    Optional<Claim> claim = claim();
    return Optional.of(claim.isPresent() ? claimed(claim.get(), job) : unclaimed(job));
  }

  /** Whether it is claimed by a wrapper that has not yet left its name. */
  boolean unnamed() throws IOException {
    Optional<Claim> claim = claim();
    return claim.isPresent() && claim.get().wrapper() == null && exit().isEmpty();
  }

  /** Whether the machine was restarted since the launch. */
  boolean ofEarlierBoot() throws IOException {
    String boot = bootId(claim(), JobHeader.read(folder.resolve(RunFolder.JOB)));
    return !boot.isEmpty() && !boot.equals(host.bootId());
  }

  private static String bootId(Optional<Claim> claim, Optional<JobHeader> job) {
    return claim
        .map(Claim::bootId)
        .filter(id -> !id.isEmpty())
        .orElse(job.map(JobHeader::bootId).orElse(""));
  }

  /** Whether the folder is another one than that in which the run was started. */
  boolean copied() throws IOException {
    Long inode = inode();
    Optional<JobHeader> job = JobHeader.read(folder.resolve(RunFolder.JOB));
    return inode != null && job.isPresent() && job.get().inode() != inode;
  }

  private Observation unclaimed(Optional<JobHeader> job) throws IOException {
    if (job.isEmpty()) {
      return new Observation.Missing(
          "the run folder " + folder + " has no job file: nothing was started");
    }
    if (!job.get().bootId().equals(host.bootId())) {
      return new Observation.Ended(
          0,
          null,
          Cause.NODE_LOST,
          "the machine was restarted before the program began",
          null,
          null,
          0);
    }
    if (host.serves(job.get().launcher())) {
      return new Observation.Waiting(0, "the launcher is about to start it");
    }
    // It may have been claimed just before the launcher ended.
    Optional<ExitRecord> exit = exit();
    if (exit.isPresent()) {
      return ended(exit.get());
    }
    Optional<Claim> claim = claim();
    return claim.isPresent()
        ? claimed(claim.get(), job)
        : new Observation.Missing("the launcher shell ended before it took the run");
  }

  private Observation claimed(Claim claim, Optional<JobHeader> job) throws IOException {
    String boot = bootId(Optional.of(claim), job);
    Optional<PidRecord> pids = pids();
    if (!boot.isEmpty() && !boot.equals(host.bootId())) {
      return new Observation.Ended(
          0,
          null,
          Cause.NODE_LOST,
          "the machine was restarted while it ran",
          pids.isPresent() ? time(RunFolder.pid(0)) : null,
          null,
          0);
    }
    if (pids.isPresent()) {
      if (host.alive(pids.get().wrapper())
          || pids.get().programs().stream().anyMatch(host::alive)) {
        return new Observation.Active(0, time(RunFolder.pid(0)), true, List.of());
      }
    } else if (claim.wrapper() != null
        ? host.alive(claim.wrapper())
        : job.isPresent() && host.alive(job.get().launcher())) {
      return new Observation.Waiting(0, "the job wrapper is about to start it");
    }
    // All gone; the record was perhaps written since.
    Optional<ExitRecord> exit = exit();
    if (exit.isPresent()) {
      return ended(exit.get());
    }
    if (pids.isEmpty() && claim.wrapper() == null) { // perhaps it is just about to
      return new Observation.Missing("a job wrapper took the run and has not left its name");
    }
    Optional<String> stopping = read(RunFolder.stopping(0)).map(String::strip);
    if (stopping.isPresent()) {
      Cause cause = stopping.get().equals("TIME_LIMIT") ? Cause.TIME_LIMIT : Cause.STOPPED;
      return lost(
          cause, "the job wrapper was killed meanwhile, so that the exit code is not known");
    }
    return lost(
        Cause.EXIT_UNKNOWN,
        pids().isPresent()
            ? "the job wrapper was killed and the program has ended since: its exit code is not"
                + " known"
            : "the job wrapper was killed before it could tell of a start");
  }

  private Observation lost(Cause cause, String detail) throws IOException {
    return new Observation.Ended(
        0, null, cause, detail, pids().isPresent() ? time(RunFolder.pid(0)) : null, null, 0);
  }

  private Observation ended(ExitRecord exit) throws IOException {
    boolean started = exit.cause() != Cause.NOT_STARTED && !exit.word().equals("NEVER");
    return new Observation.Ended(
        0,
        started ? exit.exitCode() : null,
        exit.cause(),
        exit.detail(),
        started ? time(RunFolder.pid(0)) : null,
        time(RunFolder.exit(0)),
        exit.rank());
  }

  private Instant time(String name) throws IOException {
    return Files.getLastModifiedTime(folder.resolve(name)).toInstant();
  }

  private @Nullable Long inode() throws IOException {
    try {
      return inode(folder);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  static long inode(Path folder) throws IOException {
    return (Long) Files.getAttribute(folder, "unix:ino");
  }

  private Optional<String> read(String name) throws IOException {
    try {
      return Optional.of(new String(Files.readAllBytes(folder.resolve(name)), UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
