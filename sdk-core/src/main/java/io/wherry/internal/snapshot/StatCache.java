package io.wherry.internal.snapshot;

import static java.lang.System.Logger.Level.DEBUG;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.spec.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Remembers the digests of files by their attributes, one page a folder that was captured. Pages
 * outlive the JVM in files of the workspace. Only ever saves work: a page that is missing, damaged
 * or of another version is an empty one. Thread-safe.
 */
final class StatCache {
  private static final System.Logger LOG = System.getLogger(StatCache.class.getName());
  private static final String HEADER = "wherry-stats 1";
  private static final int PAGES = 32;

  /** A file as it was when it was read. */
  record Known(FileStat stat, Digest digest) {}

  private final Path folder;
  private final Map<String, Map<String, Known>> pages =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, Known>> eldest) {
          return size() > PAGES;
        }
      };

  StatCache(Path folder) {
    this.folder = folder;
  }

  /** What is known about the files of a page; not to be changed. */
  Map<String, Known> page(String name) {
    synchronized (pages) {
      Map<String, Known> page = pages.get(name);
      if (page != null) {
        return page;
      }
    }
    Map<String, Known> page = load(name);
    synchronized (pages) {
      pages.putIfAbsent(name, page);
      return page;
    }
  }

  /** Replaces a page. */
  void store(String name, Map<String, Known> page) {
    synchronized (pages) {
      if (page.equals(pages.put(name, page))) {
        return;
      }
    }
    Path file = file(name);
    Path temporary =
        file.resolveSibling(
            file.getFileName() + "." + ProcessHandle.current().pid() + "-" + System.nanoTime());
    try {
      Files.createDirectories(folder.getParent());
      PrivateFiles.makeFolder(folder);
      Files.write(temporary, write(name, page));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.log(DEBUG, "cannot keep the attributes of files: the next JVM reads them all again", e);
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException again) {
        LOG.log(DEBUG, "cannot delete " + temporary, again);
      }
    }
  }

  private Map<String, Known> load(String name) {
    try {
      return read(name, Files.readAllBytes(file(name)));
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (IOException e) {
      LOG.log(DEBUG, "cannot use the kept attributes of files: they are all read again", e);
      return Map.of();
    }
  }

  private Path file(String name) {
    return folder.resolve(Sha256.of(name.getBytes(UTF_8)).hex().substring(0, 32));
  }

  private static byte[] write(String name, Map<String, Known> page) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(page.size() * 130 + 100);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(HEADER);
    out.writeUTF(name);
    out.writeInt(page.size());
    for (Map.Entry<String, Known> entry : page.entrySet()) {
      FileStat stat = entry.getValue().stat();
      out.writeUTF(entry.getKey());
      out.writeInt(stat.mode());
      out.writeLong(stat.size());
      out.writeLong(stat.modified());
      out.writeLong(stat.changed());
      out.writeLong(stat.inode());
      out.write(HexFormat.of().parseHex(entry.getValue().digest().hex()));
    }
    CRC32 crc = new CRC32();
    crc.update(bytes.toByteArray());
    out.writeLong(crc.getValue());
    return bytes.toByteArray();
  }

  private static Map<String, Known> read(String name, byte[] bytes) throws IOException {
    int length = bytes.length - Long.BYTES;
    if (length < 0) {
      throw new EOFException("page of " + bytes.length + " bytes");
    }
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    DataInputStream end =
        new DataInputStream(
            new ByteArrayInputStream(Arrays.copyOfRange(bytes, length, bytes.length)));
    if (end.readLong() != crc.getValue()
        || !in.readUTF().equals(HEADER)
        || !in.readUTF().equals(name)) {
      throw new IOException("damaged, or of another version");
    }
    int count = in.readInt();
    Map<String, Known> page = new HashMap<>(count * 2);
    byte[] digest = new byte[32];
    for (int i = 0; i < count; i++) {
      String key = in.readUTF();
      FileStat stat =
          new FileStat(in.readInt(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
      in.readFully(digest);
      page.put(key, new Known(stat, new Digest(HexFormat.of().formatHex(digest))));
    }
    return page;
  }
}
