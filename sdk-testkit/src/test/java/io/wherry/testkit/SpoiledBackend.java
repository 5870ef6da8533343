package io.wherry.testkit;

import io.wherry.spi.BackendException;
import io.wherry.spi.BlobStore;
import io.wherry.spi.Capabilities;
import io.wherry.spi.Chunk;
import io.wherry.spi.Cursor;
import io.wherry.spi.Facet;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.Observation;
import io.wherry.spi.StreamRef;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An honest backend, except for what a subclass spoils. */
class SpoiledBackend implements WorkloadBackend {
  final WorkloadBackend honest;

  SpoiledBackend(WorkloadBackend honest) {
    this.honest = honest;
  }

  @Override
  public Capabilities probe() throws BackendException {
    return honest.probe();
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    return honest.facet(type);
  }

  @Override
  public LaunchPlan plan(List<Workload> batch) {
    return honest.plan(batch);
  }

  @Override
  public BlobStore staging() {
    return honest.staging();
  }

  @Override
  public Map<LaunchKey, WorkloadHandle> find(String workspaceId) throws BackendException {
    return honest.find(workspaceId);
  }

  @Override
  public Map<WorkloadHandle, Observation> observe(Set<WorkloadHandle> handles)
      throws BackendException {
    return honest.observe(handles);
  }

  @Override
  public Map<StreamRef, Chunk> read(Map<StreamRef, Cursor> from, int maxBytes)
      throws BackendException {
    return honest.read(from, maxBytes);
  }

  @Override
  public void stop(Set<WorkloadHandle> handles, Duration grace) throws BackendException {
    honest.stop(handles, grace);
  }

  @Override
  public void collect(WorkloadHandle handle, Set<String> outputs, Path into)
      throws BackendException {
    honest.collect(handle, outputs, into);
  }

  @Override
  public void release(Set<WorkloadHandle> handles) throws BackendException {
    honest.release(handles);
  }

  @Override
  public void close() {
    honest.close();
  }
}
