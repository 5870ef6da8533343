package io.wherry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.util.LibraryLoaderUtil;

class NativeLibraryTest {
  @TempDir Path cache;

  private static Path library(Path folder) {
    return folder.resolve(LibraryLoaderUtil.getNativeLibName());
  }

  @Test
  void the_library_is_unpacked_once_into_a_private_folder() throws IOException {
    Path folder = NativeLibrary.copy(cache.resolve("not/yet"));
    FileTime first = FileTime.from(Instant.ofEpochSecond(1));
    Files.setLastModifiedTime(library(folder), first);

    assertThat(NativeLibrary.copy(cache.resolve("not/yet"))).isEqualTo(folder);
    assertThat(Files.getLastModifiedTime(library(folder))).isEqualTo(first);
    assertThat(folder.getFileName().toString()).matches("sqlite-\\d[\\d.]+-[A-Za-z0-9-]+-\\w+");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(library(folder));
    }
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void many_that_unpack_at_once_all_get_a_whole_copy() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(8);
    try {
      List<Future<Path>> folders = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        folders.add(executor.submit(() -> NativeLibrary.copy(cache)));
      }
      Set<Path> distinct = new HashSet<>();
      for (Future<Path> folder : folders) {
        distinct.add(folder.get(1, TimeUnit.MINUTES));
      }
      assertThat(distinct).hasSize(1);
      Path folder = distinct.iterator().next();
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files).containsExactly(library(folder));
      }
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void a_folder_that_others_may_write_is_not_trusted() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path folder = NativeLibrary.copy(cache);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(NativeLibrary.copy(cache)).isNull();
  }

  @Test
  void a_cache_that_cannot_be_made_is_no_error() throws IOException {
    Path file = Files.createFile(cache.resolve("file"));

    assertThat(NativeLibrary.copy(file)).isNull();
    assertThat(NativeLibrary.copy(null)).isNull();
  }

  @Test
  void loading_leaves_no_system_property_behind() {
    NativeLibrary.load();

    assertThat(System.getProperty("org.sqlite.lib.path")).isNull();
    assertThat(System.getProperty("org.sqlite.tmpdir")).isNull();
  }
}
