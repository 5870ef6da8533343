package io.wherry.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A backend that runs programs. The engine owns the workload: closing the backend or losing the
 * client changes nothing for it.
 */
public non-sealed interface WorkloadBackend extends Backend {
  /**
   * Prepares one start of a batch that goes together or not at all. Pure: no I/O, nothing is
   * resolved or written.
   */
  LaunchPlan plan(List<Workload> batch);

  /** Where core puts content before a launch. */
  BlobStore staging();

  /**
   * All workloads of a workspace that the engine still knows, by the labels that {@link
   * LaunchPlan#launch} gave them.
   *
   * @throws BackendException if the engine can't be asked
   */
  Map<LaunchKey, WorkloadHandle> find(String workspaceId) throws BackendException;

  /**
   * Says what is, never what changed. A handle that is absent from the answer could not be asked
   * about; {@link Observation.Missing} means that the engine was asked and does not know it.
   *
   * @throws BackendException if nothing could be asked
   */
  Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles) throws BackendException;

  /**
   * Reads on from the cursors, at most {@code maxBytes} a stream. A stream without news may be
   * absent. Bytes come in order, none twice, none left out; where the engine has lost some, {@link
   * Chunk#gap()} says so.
   *
   * @throws BackendException if nothing could be read
   */
  Map<StreamRef, Chunk> read(Map<StreamRef, Cursor> from, int maxBytes) throws BackendException;

  /**
   * Asks the workloads to end: politely, then by force after {@code grace}. Returns when the engine
   * has taken the order, not when they have ended; the engine keeps it without a client.
   * Idempotent; unknown and ended ones are ignored. A workload that has not begun never begins.
   *
   * @throws BackendException if the engine could not be told
   */
  void stop(Set<WorkloadHandle> handles, Duration grace) throws BackendException;

  /**
   * Brings outputs of an ended workload to {@code into}, one entry an output name. Idempotent;
   * outputs that were not written are left out.
   *
   * @throws BackendException if something that was written could not be brought
   */
  void collect(WorkloadHandle handle, Set<String> outputs, Path into) throws BackendException;

  /**
   * Ends what an ended workload left behind (processes, locks) and deletes its traces on the
   * engine; streams that {@link LocalStreams} lends out stay. Idempotent.
   *
   * @throws BackendException if something remains
   */
  void release(Set<WorkloadHandle> handles) throws BackendException;
}
