package io.wherry.internal.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.spec.Digest;
import io.wherry.spi.BackendException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderBlobStoreTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path temp;
  private Path folder;
  private FolderBlobStore store;

  @BeforeEach
  void make_store() {
    folder = temp.resolve("ws/blobs");
    store = new FolderBlobStore(folder);
  }

  @Test
  void a_blob_lies_under_its_digest_and_comes_back() throws Exception {
    Digest digest = add("hello");

    assertThat(store.path(digest))
        .contains(folder.resolve(digest.hex().substring(0, 2)).resolve(digest.hex()));
    try (InputStream in = store.open(digest)) {
      assertThat(in).hasContent("hello");
    }
  }

  @Test
  void a_blob_is_read_only_and_for_its_owner_alone() throws Exception {
    Path file = store.path(add("hello")).orElseThrow();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("r--------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
  }

  @Test
  void putting_twice_changes_nothing() throws Exception {
    Digest digest = add("hello");
    Object before = Files.readAttributes(store.path(digest).orElseThrow(), "unix:ino").get("ino");

    store.put(digest, file("hello"));
    store.put(digest, new ByteArrayInputStream("hello".getBytes(UTF_8)));

    assertThat(Files.readAttributes(store.path(digest).orElseThrow(), "unix:ino"))
        .containsEntry("ino", before);
    assertThat(files()).hasSize(1);
  }

  @Test
  void content_of_another_digest_is_rejected_and_leaves_nothing() throws Exception {
    Digest digest = Sha256.of("expected".getBytes(UTF_8));
    byte[] big = new byte[3 << 20];

    for (InputStream wrong :
        List.of(Files.newInputStream(file("other")), (InputStream) new ByteArrayInputStream(big))) {
      assertThatThrownBy(() -> store.put(digest, wrong))
          .isInstanceOfSatisfying(
              BackendException.class,
              e -> assertThat(e.kind()).isEqualTo(BackendException.Kind.REJECTED));
    }
    assertThat(store.missing(Set.of(digest))).containsExactly(digest);
    assertThat(files()).isEmpty();
  }

  @Test
  void an_interrupted_put_leaves_nothing() throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("cable pulled");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            throw new IOException("cable pulled");
          }
        };
    InputStream in = new SequenceInputStream(new ByteArrayInputStream(new byte[2 << 20]), broken);
    Digest digest = Sha256.of(new byte[2 << 20]);

    assertThatThrownBy(() -> store.put(digest, in))
        .isInstanceOfSatisfying(
            BackendException.class,
            e -> assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT))
        .hasMessageContaining("cable pulled");
    assertThat(files()).isEmpty();
  }

  @Test
  void large_and_empty_content_is_stored() throws Exception {
    byte[] big = new byte[(5 << 20) + 17];
    new Random(3).nextBytes(big);

    for (byte[] content : List.of(big, new byte[1 << 20], new byte[0])) {
      Digest digest = store.add(new ByteArrayInputStream(content));
      assertThat(digest).isEqualTo(Sha256.of(content));
      assertThat(store.path(digest).orElseThrow()).hasBinaryContent(content);
      assertThat(store.missing(Set.of(digest))).isEmpty();
    }
  }

  @Test
  void what_is_not_here_is_said_so() throws Exception {
    Digest here = add("here");
    Digest gone = Sha256.of("gone".getBytes(UTF_8));

    assertThat(store.missing(Set.of(here, gone))).containsExactly(gone);
    assertThat(store.path(gone)).isEmpty();
    assertThatThrownBy(() -> store.open(gone))
        .isInstanceOfSatisfying(
            BackendException.class,
            e -> assertThat(e.kind()).isEqualTo(BackendException.Kind.REJECTED));
    assertThatThrownBy(() -> store.put(gone, temp.resolve("no-such-file")))
        .isInstanceOfSatisfying(
            BackendException.class,
            e -> assertThat(e.kind()).isEqualTo(BackendException.Kind.REJECTED));
    store.delete(Set.of(here, gone));
    assertThat(store.missing(Set.of(here))).containsExactly(here);
  }

  @Test
  void a_blob_of_the_wrong_length_counts_as_missing_and_is_healed() throws Exception {
    Digest digest = add("hello");
    Path file = store.path(digest).orElseThrow();
    Files.delete(file);
    Files.createFile(file); // as after a power failure

    assertThat(store.uses(digest, 5)).isFalse();
    store.add("hello".getBytes(UTF_8));

    assertThat(file).hasContent("hello");
  }

  @Test
  void a_sweep_deletes_old_unmarked_blobs_only() throws Exception {
    Digest marked = age(add("marked"), HOUR.multipliedBy(2));
    Digest old = age(add("old!!"), HOUR.multipliedBy(2));
    Digest young = add("young");

    FolderBlobStore.Swept swept = store.sweep(Set.of(marked), HOUR, Clock.systemUTC());

    assertThat(swept).isEqualTo(new FolderBlobStore.Swept(1, 5));
    assertThat(store.missing(Set.of(marked, old, young))).containsExactly(old);
  }

  @Test
  void storing_or_asking_for_a_blob_protects_it_from_the_next_sweep() throws Exception {
    Digest stored = age(add("stored"), HOUR.multipliedBy(2));
    Digest asked = age(add("asked"), HOUR.multipliedBy(2));

    add("stored");
    store.missing(Set.of(asked));
    store.sweep(Set.of(), HOUR, Clock.systemUTC());

    assertThat(store.missing(Set.of(stored, asked))).isEmpty();
  }

  @Test
  void a_sweep_deletes_temporary_files_that_nobody_writes_to_any_more() throws Exception {
    add("something");
    Path shelf = Files.createDirectories(folder.resolve("ab"));
    Path stale = Files.writeString(shelf.resolve(".tmp-1-1"), "half");
    Path stale2 = Files.writeString(folder.resolve(".tmp-1-2"), "half");
    Path busy = Files.writeString(folder.resolve(".tmp-1-3"), "half");
    Path foreign = Files.writeString(folder.resolve("README"), "mine");
    for (Path path : List.of(stale, stale2, foreign)) {
      Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(HOUR.multipliedBy(30))));
    }

    store.sweep(Set.of(), HOUR, Clock.systemUTC());

    assertThat(stale).doesNotExist();
    assertThat(stale2).doesNotExist();
    assertThat(busy).exists();
    assertThat(foreign).exists();
  }

  @Test
  void a_sweep_of_a_store_that_was_never_used_does_nothing() throws Exception {
    assertThat(store.sweep(Set.of(), Duration.ZERO, Clock.systemUTC()))
        .isEqualTo(new FolderBlobStore.Swept(0, 0));
  }

  @Test
  void many_stores_of_one_folder_put_the_same_blobs_while_it_is_swept() throws Exception {
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      contents.add(("content " + i).getBytes(UTF_8));
    }
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        FolderBlobStore mine = new FolderBlobStore(folder);
        all.add(
            threads.submit(
                () -> {
                  start.await();
                  for (byte[] content : contents) {
                    mine.put(Sha256.of(content), new ByteArrayInputStream(content));
                  }
                  return null;
                }));
      }
      all.add(
          threads.submit(
              () -> {
                start.await();
                for (int i = 0; i < 20; i++) {
                  store.sweep(Set.of(), HOUR, Clock.systemUTC());
                }
                return null;
              }));
      start.countDown();
      for (Future<?> future : all) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(files()).hasSize(contents.size());
    for (byte[] content : contents) {
      assertThat(store.path(Sha256.of(content)).orElseThrow()).hasBinaryContent(content);
    }
  }

  private Digest add(String text) throws IOException {
    return store.add(text.getBytes(UTF_8));
  }

  private Digest age(Digest digest, Duration age) throws IOException {
    Files.setLastModifiedTime(
        store.path(digest).orElseThrow(), FileTime.from(Instant.now().minus(age)));
    return digest;
  }

  private Path file(String content) throws IOException {
    return Files.writeString(Files.createTempFile(temp, "content", ""), content);
  }

  private List<Path> files() throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }
}
