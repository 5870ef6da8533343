package io.wherry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.event.RunEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer, many callers. */
class StoreConcurrencyTest {
  private static final Instant NOW = Instant.ofEpochSecond(1);

  @TempDir Path folder;
  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(folder, false);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void many_threads_write_and_read_at_once() throws Exception {
    int threads = 8;
    int each = 100;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<List<String>>> results = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        results.add(
            executor.submit(
                () -> {
                  List<String> ids = new ArrayList<>();
                  for (int i = 0; i < each; i++) {
                    Tx.Inserted inserted = store.write(tx -> tx.insertRun(Specs.named("a"), NOW));
                    ids.add(inserted.run().runId());
                    RunRow row = store.read(reads -> reads.run(inserted.run().id()));
                    assertThat(row).isEqualTo(inserted.run());
                  }
                  return ids;
                }));
      }
      Set<String> ids = new TreeSet<>();
      for (Future<List<String>> result : results) {
        ids.addAll(result.get(1, TimeUnit.MINUTES));
      }

      assertThat(ids).hasSize(threads * each).contains("a-1", "a-" + threads * each);
      assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(800);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void the_order_of_calls_is_the_order_of_effects() {
    long id = store.write(tx -> tx.insertRun(Specs.named("a"), NOW)).run().id();
    List<CompletableFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      String text = Integer.toString(i);
      futures.add(
          store.writeLater(
              tx -> {
                tx.addEvent(id, new RunEvent.Noted(NOW, 1, text));
                return null;
              }));
    }
    futures.get(999).join();

    assertThat(futures).allMatch(CompletableFuture::isDone);
    List<RunEvent> events = store.read(reads -> reads.events(id, 0));
    assertThat(events).hasSize(1000);
    for (int i = 0; i < 1000; i++) {
      assertThat(events.get(i)).isEqualTo(new RunEvent.Noted(NOW, 1, Integer.toString(i)));
    }
  }

  @Test
  void a_write_that_throws_takes_back_its_own_changes_and_nobody_elses() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<?> first = store.writeLater(tx -> await(gate)); // gathers the rest behind it
    List<CompletableFuture<?>> good = new ArrayList<>();
    List<CompletableFuture<?>> bad = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      good.add(store.writeLater(tx -> tx.insertRun(Specs.named("good"), NOW)));
      bad.add(
          store.writeLater(
              tx -> {
                tx.insertRun(
                    Specs.labelled("bad", java.util.Map.of("new key", "x"), java.util.Map.of()),
                    NOW);
                throw new IllegalStateException("on purpose");
              }));
      good.add(
          store.writeLater(
              tx -> {
                RunRow row = tx.insertRun(Specs.named("good"), NOW).run();
                tx.putTag(row.id(), "new key", "y");
                return null;
              }));
    }
    gate.countDown();
    first.get(1, TimeUnit.MINUTES);

    good.forEach(CompletableFuture::join);
    for (CompletableFuture<?> future : bad) {
      assertThatThrownBy(future::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(IllegalStateException.class);
    }
    assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(40);
    assertThat(store.<RunRow>read(reads -> reads.run("bad-1"))).isNull();
    RunRow tagged = store.read(reads -> reads.run("good-40"));
    assertThat(store.<java.util.Map<String, String>>read(reads -> reads.tags(tagged.id())))
        .isEqualTo(java.util.Map.of("new key", "y"));
  }

  @Test
  void a_lonely_write_that_throws_changes_nothing_and_its_exception_comes_out_as_it_is() {
    IllegalStateException thrown = new IllegalStateException("on purpose");

    assertThatThrownBy(
            () ->
                store.write(
                    tx -> {
                      tx.putMeta("a", "b");
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThatThrownBy(
            () ->
                store.write(
                    tx -> {
                      tx.putMeta("a", "b");
                      throw new AssertionError("an error, too");
                    }))
        .isInstanceOf(AssertionError.class);
    assertThat(store.<String>read(reads -> reads.meta("a"))).isNull();
    store.write(
        tx -> {
          tx.putMeta("a", "c");
          return null;
        });
    assertThat(store.<String>read(reads -> reads.meta("a"))).isEqualTo("c");
  }

  @Test
  void bad_sql_inside_a_write_fails_that_write_only() {
    assertThatThrownBy(() -> store.write(tx -> tx.db.update("insert into absent values (1)")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no such table");
    store.write(tx -> tx.insertRun(Specs.keyed("a", "key"), NOW));
    assertThatThrownBy(
            () ->
                store.write(
                    tx -> {
                      tx.putMeta("a", "b");
                      return tx.db.update("update run set run_id = null");
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("NOT NULL");
    assertThat(store.<String>read(reads -> reads.meta("a"))).isNull();
  }

  @Test
  void an_interrupt_does_not_end_the_waiting_and_stays_pending() {
    Thread.currentThread().interrupt();
    try {
      store.write(tx -> tx.insertRun(Specs.named("a"), NOW));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(store.<Long>read(Reads::countRuns)).isEqualTo(1);
  }

  @Test
  void a_write_that_waits_for_a_write_is_refused_instead_of_hanging() {
    assertThatThrownBy(() -> store.write(tx -> store.write(inner -> inner.key("x"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("writeLater");
  }

  @Test
  void closing_on_the_writer_thread_is_refused_instead_of_hanging() {
    assertThatThrownBy(
            () ->
                store.write(
                    tx -> {
                      store.close();
                      return null;
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another thread");
    assertThat(store.<Long>read(Reads::countRuns)).isZero();
  }

  @Test
  void joining_blocks_lets_other_writes_pass_and_ends_when_the_store_closes() throws Exception {
    long id = store.write(tx -> tx.insertRun(Specs.named("a"), NOW)).run().id();
    PackedPoints point = new PackedPoints();
    point.add(1, 1, 1);
    store.write(
        tx -> {
          for (int i = 0; i < 5000; i++) {
            tx.appendPoints(id, "m", point);
          }
          return null;
        });
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<?> first = store.writeLater(tx -> await(gate));
    CompletableFuture<?> compaction = store.compact(id);
    CompletableFuture<Boolean> passed = store.writeLater(tx -> compaction.isDone());
    gate.countDown();
    first.get(1, TimeUnit.MINUTES);
    assertThat(passed.get(1, TimeUnit.MINUTES)).isFalse();
    store.close();

    compaction.get(1, TimeUnit.MINUTES);
    try (Store again = Store.open(folder, true)) {
      assertThat(again.<PackedPoints>read(reads -> reads.series(id, "m")).size()).isEqualTo(5000);
    }
  }

  @Test
  void a_read_sees_one_state() throws Exception {
    long id = store.write(tx -> tx.insertRun(Specs.named("a"), NOW)).run().id();
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 1; !stop.get(); i++) {
                String value = Integer.toString(i);
                store.write(
                    tx -> {
                      tx.putTag(id, "x", value);
                      tx.putParam(id, "x", value);
                      return null;
                    });
              }
            });
    try {
      for (int i = 0; i < 500; i++) {
        boolean same = store.read(reads -> reads.tags(id).equals(reads.params(id)));
        assertThat(same).isTrue();
      }
    } finally {
      stop.set(true);
    }
    writing.get(1, TimeUnit.MINUTES);
  }

  @Test
  void closing_commits_what_was_queued() {
    CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    for (int i = 0; i < 500; i++) {
      last = store.writeLater(tx -> tx.insertRun(Specs.named("a"), NOW));
    }
    store.close();

    assertThat(last).isCompleted();
    try (Store again = Store.open(folder, true)) {
      assertThat(again.<Long>read(Reads::countRuns)).isEqualTo(500);
    }
  }

  @Test
  void closing_waits_for_a_read_in_progress() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Long> read =
        CompletableFuture.supplyAsync(
            () ->
                store.read(
                    reads -> {
                      inside.countDown();
                      await(go);
                      return reads.countRuns();
                    }));
    inside.await();
    CompletableFuture<Void> close = CompletableFuture.runAsync(store::close);
    assertThat(close).isNotDone();
    go.countDown();

    assertThat(read.get(1, TimeUnit.MINUTES)).isZero();
    close.get(1, TimeUnit.MINUTES);
  }

  @Test
  void a_closed_store_says_so() {
    store.close();
    store.close();

    assertThatThrownBy(() -> store.write(tx -> tx.key("x")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> store.read(Reads::countRuns))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void more_readers_than_connections_take_turns() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(16);
    try {
      List<Future<Long>> reads = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        reads.add(executor.submit(() -> store.read(Reads::countRuns)));
      }
      for (Future<Long> read : reads) {
        assertThat(read.get(1, TimeUnit.MINUTES)).isZero();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static Object await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return "waited";
  }
}
