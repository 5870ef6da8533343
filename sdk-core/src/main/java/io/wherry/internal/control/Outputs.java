package io.wherry.internal.control;

import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.WorkloadBackend;
import io.wherry.spi.WorkloadHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Brings home what runs have written, and its digest into the store. */
final class Outputs {
  private final ResultFolders results;
  private final RunContent content;
  private final Journal journal;

  Outputs(ResultFolders results, RunContent content, Journal journal) {
    this.results = results;
    this.content = content;
    this.journal = journal;
  }

  /**
   * Collects the newest attempt's outputs; gives the names of those that were not written.
   * Idempotent.
   */
  List<String> collect(ActiveRun run, WorkloadHandle handle, WorkloadBackend backend)
      throws BackendException {
    if (run.spec().outputs().isEmpty()) {
      return List.of();
    }
    Path into = results.outputs(run.id(), run.current().number());
    try {
      Files.createDirectories(into);
      EngineCalls.retrying(
          "collect",
          () -> {
            backend.collect(handle, run.spec().outputs(), into);
            return true;
          });
      List<String> missing = new ArrayList<>();
      for (String name : run.spec().outputs()) {
        Path file = into.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          journal.outputLater(run.pk(), name, content.freeze(name, file), results.name(file));
        } else {
          missing.add(name);
        }
      }
      return missing;
    } catch (IOException e) {
      throw new BackendException(Kind.REJECTED, e.toString(), e);
    }
  }
}
