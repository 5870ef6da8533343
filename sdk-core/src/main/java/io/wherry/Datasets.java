package io.wherry;

import io.wherry.internal.check.SpecCheck;
import io.wherry.internal.control.Controller;
import io.wherry.internal.snapshot.ContentException;
import io.wherry.internal.store.DataRow;
import io.wherry.internal.store.Reads;
import io.wherry.spec.Content;
import io.wherry.spec.SpecException;
import io.wherry.spec.Violation;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Named data of a workspace: immutable versions, frozen here and/or lying on targets. Thread-safe.
 */
public final class Datasets {
  private final Controller controller;

  Datasets(Controller controller) {
    this.controller = controller;
  }

  /**
   * Freezes a file or folder as the next version of that name; the same content again gives the
   * newest version back. Blocks.
   *
   * @throws SpecException if the name or the content cannot be used
   */
  public Dataset register(String name, Path fileOrFolder) {
    controller.requireWritable();
    if (!SpecCheck.isName(name)) {
      throw new SpecException(
          "data \"" + name + "\"",
          List.of(
              new Violation(
                  "name",
                  name,
                  "1 to 63 letters, digits, '.', '_' and '-'",
                  "choose such a name")));
    }
    Content content;
    try {
      content = controller.snapshots().capturePath("data." + name, fileOrFolder);
    } catch (ContentException e) {
      throw new SpecException("data \"" + name + "\"", e.violations());
    } catch (IOException e) {
      throw new WherryException(
          Code.IO, "data \"" + name + "\" could not be frozen: " + e.getMessage(), e);
    }
    return new Dataset(
        controller,
        controller
            .store()
            .write(
                tx -> {
                  DataRow newest = row(tx, name, tx.newestData(name));
                  if (newest != null && newest.content().equals(content)) {
                    return newest;
                  }
                  int version = tx.insertData(name, content, controller.clock().instant());
                  return new DataRow(
                      name, version, content, controller.clock().instant(), Map.of());
                }));
  }

  /**
   * Data by name, {@code "penguins"} (newest) or {@code "penguins:3"}.
   *
   * @throws WherryException {@code NOT_FOUND} with the names that there are
   */
  public Dataset get(String reference) {
    return find(reference)
        .orElseThrow(
            () ->
                new WherryException(
                    Code.NOT_FOUND,
                    "there is no data \""
                        + reference
                        + "\"; there is "
                        + list().stream().map(Dataset::toString).toList()
                        + " -> register it with data().register(…)"));
  }

  /** Data by name, empty if there is none. */
  public Optional<Dataset> find(String reference) {
    return Optional.ofNullable(find(controller, reference))
        .map(row -> new Dataset(controller, row));
  }

  /** The newest version of each name. */
  public List<Dataset> list() {
    return controller.store().read(Reads::data).stream()
        .map(row -> new Dataset(controller, row))
        .toList();
  }

  static @Nullable DataRow find(Controller controller, String reference) {
    int colon = reference.lastIndexOf(':');
    String name = colon < 0 ? reference : reference.substring(0, colon);
    return controller
        .store()
        .read(
            reads -> {
              try {
                return row(
                    reads,
                    name,
                    colon < 0
                        ? reads.newestData(name)
                        : Integer.parseInt(reference.substring(colon + 1)));
              } catch (NumberFormatException e) {
                return null;
              }
            });
  }

  private static @Nullable DataRow row(Reads reads, String name, int version) {
    return version == 0 ? null : reads.data(name, version);
  }
}
