package io.wherry.internal.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.internal.snapshot.StatCache.Known;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that move while they are read: the question whether to go on is asked in the middle of a
 * file.
 */
class IngestTest {
  @TempDir Path temp;
  private Path file;
  private FolderBlobStore store;
  private Ingest ingest;

  @BeforeEach
  void make_a_file_of_several_buffers() throws Exception {
    byte[] content = new byte[(3 << 20) + 5];
    new Random(1).nextBytes(content);
    file = Files.write(temp.resolve("big"), content);
    store = new FolderBlobStore(temp.resolve("blobs"));
    ingest = new Ingest(store);
  }

  @Test
  void a_file_that_changes_once_is_read_again() throws Exception {
    AtomicInteger asked = new AtomicInteger();

    Known known =
        ingest.add(file, FileStat.of(file), () -> asked.getAndIncrement() == 0 && append());

    assertThat(known).isNotNull();
    assertThat(known.stat()).isEqualTo(FileStat.of(file));
    assertThat(store.path(known.digest()).orElseThrow()).hasSameBinaryContentAs(file);
    assertThat(files()).containsExactly(store.path(known.digest()).orElseThrow());
  }

  @Test
  void a_file_that_changes_in_place_with_the_same_size_is_read_again() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    BooleanSupplier overwrite =
        () -> {
          if (asked.getAndIncrement() == 1) {
            try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
              channel.write(java.nio.ByteBuffer.wrap("changed".getBytes(UTF_8)));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return false;
        };
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1_000));

    Known known = ingest.add(file, FileStat.of(file), overwrite);

    assertThat(known).isNotNull();
    assertThat(store.path(known.digest()).orElseThrow()).hasSameBinaryContentAs(file);
  }

  @Test
  void a_file_that_never_rests_is_given_up() throws Exception {
    assertThatThrownBy(() -> ingest.add(file, FileStat.of(file), this::append))
        .isInstanceOf(Ingest.RestlessException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void a_file_that_is_replaced_by_a_folder_is_given_up() throws Exception {
    FileStat before = FileStat.of(file);
    BooleanSupplier replace =
        () -> {
          try {
            Files.delete(file);
            Files.createDirectory(file);
          } catch (IOException e) {
            return false; // done already
          }
          return false;
        };

    assertThatThrownBy(() -> ingest.add(file, before, replace))
        .isInstanceOf(Ingest.RestlessException.class);
  }

  @Test
  void a_file_that_is_gone_is_nothing() throws Exception {
    FileStat before = FileStat.of(file);
    Files.delete(file);

    assertThat(ingest.add(file, before, () -> false)).isNull();
  }

  @Test
  void a_file_that_became_a_link_is_not_followed() throws Exception {
    FileStat before = FileStat.of(file);
    Files.move(file, temp.resolve("elsewhere"));
    Files.createSymbolicLink(file, Path.of("elsewhere"));

    assertThatThrownBy(() -> ingest.add(file, before, () -> false))
        .isInstanceOf(Ingest.UnreadableException.class);
  }

  @Test
  void cancellation_in_the_middle_of_a_file_leaves_nothing() throws Exception {
    assertThatThrownBy(() -> ingest.add(file, FileStat.of(file), () -> true))
        .isInstanceOf(CancellationException.class);
    assertThat(files()).isEmpty();
  }

  /** Never cancels. */
  private boolean append() {
    try {
      Files.writeString(file, "more", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return false;
  }

  private java.util.List<Path> files() throws IOException {
    try (Stream<Path> walk = Files.walk(temp.resolve("blobs"))) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }
}
