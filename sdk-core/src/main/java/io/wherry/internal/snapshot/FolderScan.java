package io.wherry.internal.snapshot;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One walk over a folder: what is in it, without what is ignored; attributes only, no content. */
final class FolderScan {
  /** A file and its attributes. */
  record Found(Path file, String path, FileStat stat) {}

  final List<Found> files = new ArrayList<>();

  /** Folders and links. */
  final List<Manifest.Entry> others = new ArrayList<>();

  private final Path excluded;
  private final Problems problems;

  /**
   * Walks.
   *
   * @param root the folder's real path
   * @param excluded a folder that is left out wherever it is, as a real path
   * @param problems takes what cannot be part of a tree
   */
  FolderScan(Path root, Path excluded, Problems problems) {
    this.excluded = excluded;
    this.problems = problems;
    walk(root, "", null);
    checkLinks();
  }

  private void walk(Path folder, String prefix, @Nullable IgnoreRules outer) {
    List<Path> children = new ArrayList<>();
    Path ignoreFile = null;
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path child : stream) {
        children.add(child);
        if (child.endsWith(IgnoreRules.FILE_NAME)) {
          ignoreFile = child;
        }
      }
    } catch (NoSuchFileException e) {
      return; // deleted since its parent was listed
    } catch (IOException e) {
      problems.unreadable(prefix.isEmpty() ? "." : prefix, e);
      return;
    } catch (DirectoryIteratorException e) {
      problems.unreadable(prefix.isEmpty() ? "." : prefix, requireNonNull(e.getCause()));
      return;
    }
    IgnoreRules rules = ignoreFile == null ? outer : rules(ignoreFile, prefix, outer);
    for (Path child : children) {
      String name = child.getFileName().toString();
      if (!name.equals(".git")) {
        visit(child, prefix + name, rules);
      }
    }
  }

  private void visit(Path child, String path, @Nullable IgnoreRules rules) {
    FileStat stat;
    try {
      stat = FileStat.of(child);
    } catch (NoSuchFileException e) {
      return; // deleted since it was listed
    } catch (IOException e) {
      problems.unreadable(path, e);
      return;
    }
    if ((rules != null && rules.ignores(path, stat.isFolder()))
        || (stat.isFolder() && child.equals(excluded))) {
      return;
    }
    if (path.indexOf('\uFFFD') >= 0) {
      problems.add(
          path,
          "its name is not text in this JVM's character set",
          "rename it, or start the JVM in a UTF-8 locale (LC_ALL=C.UTF-8)");
    } else if (stat.isFile()) {
      files.add(new Found(child, path, stat));
    } else if (stat.isFolder()) {
      others.add(new Manifest.Folder(path));
      walk(child, path + "/", rules);
    } else if (stat.isLink()) {
      link(child, path);
    } else {
      problems.add(
          path,
          "is neither a file nor a folder nor a link (a pipe, socket or device)",
          "remove it, or leave it out by a line in " + IgnoreRules.FILE_NAME);
    }
  }

  private void link(Path child, String path) {
    try {
      others.add(new Manifest.Link(path, Files.readSymbolicLink(child).toString()));
    } catch (NoSuchFileException | NotLinkException e) {
      // replaced or deleted since it was looked at: not there
    } catch (IOException e) {
      problems.unreadable(path, e);
    }
  }

  private @Nullable IgnoreRules rules(Path file, String prefix, @Nullable IgnoreRules outer) {
    try {
      // like git, an ignore file that is a link or a folder is none
      return FileStat.of(file).isFile()
          ? new IgnoreRules(Files.readAllBytes(file), prefix, outer)
          : outer;
    } catch (NoSuchFileException | ClosedByInterruptException e) {
      return outer; // an interrupt is noticed by who reads the files
    } catch (IOException e) {
      problems.unreadable(prefix + IgnoreRules.FILE_NAME, e);
      return outer;
    }
  }

  private void checkLinks() {
    Map<String, Manifest.Link> links = new HashMap<>();
    for (Manifest.Entry entry : others) {
      if (entry instanceof Manifest.Link link) {
        links.put(link.path(), link);
      }
    }
    for (Manifest.Link link : links.values()) {
      String problem = Manifest.linkProblem(link, links);
      if (problem != null) {
        problems.add(
            link.path() + " -> " + link.target(),
            "the link " + problem,
            "replace it by a relative link inside the folder or by a copy, or leave it out by a line in "
                + IgnoreRules.FILE_NAME);
      }
    }
  }
}
