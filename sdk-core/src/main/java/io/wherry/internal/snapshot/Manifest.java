package io.wherry.internal.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.spec.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a folder holds, in the one form that its digest is made from: a line {@code wherry-tree 1},
 * then one line an entry, sorted by the bytes of the path, fields separated by tabs.
 *
 * <pre>
 * d  path                      a folder (every folder has its line, also one that only holds others)
 * f  path  sha256  size        a file
 * x  path  sha256  size        an executable file
 * l  path  target              a symbolic link
 * </pre>
 *
 * Backslash, tab, line feed and carriage return in names are written {@code \\}, {@code \t}, {@code
 * \n}, {@code \r}. Nothing in it can lead out of the folder: paths are relative and plain, what
 * lies below something lies below a folder of the same manifest, and links stay inside.
 *
 * @param entries the entries, sorted
 */
record Manifest(List<Entry> entries) {
  private static final String NAME = "wherry-tree";
  private static final int VERSION = 1;
  private static final int MAX_LINKS = 40;

  /** One thing of a folder. */
  sealed interface Entry {
    /** Its path below the folder, with slashes. */
    String path();
  }

  record Folder(String path) implements Entry {}

  record File(String path, Digest digest, long size, boolean executable) implements Entry {}

  record Link(String path, String target) implements Entry {}

  /** A manifest that must not be used. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /** Sorts and checks entries. */
  static Manifest of(List<Entry> entries) throws MalformedException {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(order(sorted));
    Map<String, Entry> byPath = new HashMap<>(sorted.size() * 2);
    for (Entry entry : sorted) {
      checkPath(entry.path());
      if (byPath.put(entry.path(), entry) != null) {
        throw new MalformedException("two entries for " + escape(entry.path()));
      }
      int slash = entry.path().lastIndexOf('/');
      if (slash > 0 && !(byPath.get(entry.path().substring(0, slash)) instanceof Folder)) {
        throw new MalformedException(
            escape(entry.path()) + " does not lie in a folder of the tree");
      }
    }
    for (Entry entry : sorted) {
      if (entry instanceof Link link) {
        String problem = linkProblem(link, byPath);
        if (problem != null) {
          throw new MalformedException("link " + escape(link.path) + " " + problem);
        }
      }
    }
    return new Manifest(List.copyOf(sorted));
  }

  /** Reads the form that {@link #bytes} writes and nothing else. */
  static Manifest parse(byte[] bytes) throws MalformedException {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("not UTF-8");
    }
    if (!text.endsWith("\n")) {
      throw new MalformedException("its last line is cut off");
    }
    String[] lines = text.substring(0, text.length() - 1).split("\n", -1);
    checkVersion(lines[0]);
    List<Entry> entries = new ArrayList<>(lines.length);
    for (int i = 1; i < lines.length; i++) {
      entries.add(entry(lines[i]));
    }
    Manifest manifest = of(entries);
    if (!Arrays.equals(manifest.bytes(), bytes)) {
      throw new MalformedException("not in canonical form");
    }
    return manifest;
  }

  /** The canonical form. */
  byte[] bytes() {
    StringBuilder text = new StringBuilder(64 + entries.size() * 120);
    text.append(NAME).append(' ').append(VERSION).append('\n');
    for (Entry entry : entries) {
      if (entry instanceof File file) {
        text.append(file.executable ? "x\t" : "f\t").append(escape(file.path));
        text.append('\t').append(file.digest.hex()).append('\t').append(file.size);
      } else if (entry instanceof Link link) {
        text.append("l\t").append(escape(link.path)).append('\t').append(escape(link.target));
      } else {
        text.append("d\t").append(escape(entry.path()));
      }
      text.append('\n');
    }
    return text.toString().getBytes(UTF_8);
  }

  /** The digests of all files. */
  Set<Digest> digests() {
    Set<Digest> digests = new LinkedHashSet<>(entries.size() * 2);
    for (Entry entry : entries) {
      if (entry instanceof File file) {
        digests.add(file.digest);
      }
    }
    return digests;
  }

  /**
   * What is wrong with a link's target, or null: it is absolute, or following it, through other
   * links too, leads out of the tree. A target that is not there is fine.
   */
  static @Nullable String linkProblem(Link link, Map<String, ? extends Entry> byPath) {
    if (link.target.isEmpty() || link.target.indexOf('\0') >= 0) {
      return "has no usable target";
    }
    Deque<String> todo = new ArrayDeque<>();
    Deque<String> place = new ArrayDeque<>();
    todo.add(link.path);
    for (int links = 0; !todo.isEmpty(); ) {
      String part = todo.removeFirst();
      int slash = part.indexOf('/');
      if (slash == 0) {
        return "has an absolute target";
      }
      if (slash > 0) {
        todo.addFirst(part.substring(slash + 1));
        part = part.substring(0, slash);
      }
      if (part.equals("..")) {
        if (place.isEmpty()) {
          return "leads out of the folder";
        }
        place.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        place.addLast(part);
        if (byPath.get(String.join("/", place)) instanceof Link next) {
          if (++links > MAX_LINKS) {
            return null; // a loop: no way out, and no way in
          }
          place.removeLast();
          if (next.target.startsWith("/")) {
            return "has an absolute target";
          }
          todo.addFirst(next.target);
        }
      }
    }
    return null;
  }

  /** Names as they stand in manifests and messages: on one line, whatever they hold. */
  static String escape(String name) {
    if (name.indexOf('\\') < 0
        && name.indexOf('\t') < 0
        && name.indexOf('\n') < 0
        && name.indexOf('\r') < 0) {
      return name;
    }
    return name.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String unescape(String text) throws MalformedException {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        char next = ++i < text.length() ? text.charAt(i) : ' ';
        c =
            switch (next) {
              case '\\' -> '\\';
              case 't' -> '\t';
              case 'n' -> '\n';
              case 'r' -> '\r';
              default -> throw new MalformedException("unknown escape in " + text);
            };
      }
      name.append(c);
    }
    return name.toString();
  }

  private static void checkVersion(String line) throws MalformedException {
    String[] words = line.split(" ", -1);
    if (words.length != 2 || !words[0].equals(NAME) || !words[1].matches("[1-9][0-9]{0,8}")) {
      throw new MalformedException("not a tree's manifest");
    }
    if (Integer.parseInt(words[1]) > VERSION) {
      throw new MalformedException(
          "version "
              + words[1]
              + " is newer than this Wherry knows; use the newer Wherry that wrote it");
    }
  }

  private static Entry entry(String line) throws MalformedException {
    String[] fields = line.split("\t", -1);
    String path = fields.length > 1 ? unescape(fields[1]) : "";
    String form = fields[0] + fields.length;
    if (form.equals("d2")) {
      return new Folder(path);
    } else if (form.equals("l3")) {
      return new Link(path, unescape(fields[2]));
    } else if ((form.equals("f4") || form.equals("x4"))
        && fields[3].matches("[0-9]{1,18}")
        && fields[2].matches("[0-9a-f]{64}")) {
      return new File(path, new Digest(fields[2]), Long.parseLong(fields[3]), form.equals("x4"));
    }
    throw new MalformedException("cannot read the line " + line);
  }

  private static void checkPath(String path) throws MalformedException {
    boolean windows = java.io.File.separatorChar == '\\';
    int start = 0;
    for (int i = 0; i <= path.length(); i++) {
      char c = i < path.length() ? path.charAt(i) : '/';
      if (c == '\0' || (windows && (c == '\\' || c == ':'))) {
        throw new MalformedException(escape(path) + " holds a character that no name may hold");
      }
      if (c == '/') {
        int length = i - start;
        if (length == 0) {
          throw new MalformedException(
              "'" + escape(path) + "' is not a plain relative path (absolute, or an empty name)");
        }
        if (path.charAt(start) == '.'
            && (length == 1 || (length == 2 && path.charAt(start + 1) == '.'))) {
          throw new MalformedException("'" + escape(path) + "' holds a '.' or '..'");
        }
        start = i + 1;
      }
    }
  }

  /** By UTF-8 bytes: the natural order of strings, as long as there are no surrogates. */
  private static Comparator<Entry> order(List<Entry> entries) {
    for (Entry entry : entries) {
      for (int i = 0; i < entry.path().length(); i++) {
        if (entry.path().charAt(i) >= Character.MIN_SURROGATE) {
          return (a, b) ->
              Arrays.compareUnsigned(a.path().getBytes(UTF_8), b.path().getBytes(UTF_8));
        }
      }
    }
    return Comparator.comparing(Entry::path);
  }
}
