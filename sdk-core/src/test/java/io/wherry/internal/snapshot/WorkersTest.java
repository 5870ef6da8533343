package io.wherry.internal.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private final Workers workers = new Workers(2);
  private final ExecutorService callers = Executors.newFixedThreadPool(2);

  @AfterEach
  void end_threads() {
    workers.close();
    callers.shutdownNow();
  }

  @Test
  void every_item_is_worked_on_once() throws Exception {
    AtomicIntegerArray done = new AtomicIntegerArray(1000);

    workers.each(1000, (i, canceled) -> done.incrementAndGet(i));
    workers.each(0, (i, canceled) -> done.incrementAndGet(i));

    for (int i = 0; i < done.length(); i++) {
      assertThat(done.get(i)).isEqualTo(1);
    }
  }

  @Test
  void the_first_failure_ends_the_job() {
    AtomicInteger done = new AtomicInteger();

    assertThatThrownBy(
            () ->
                workers.each(
                    1_000_000,
                    (i, canceled) -> {
                      done.incrementAndGet();
                      if (i == 10) {
                        throw new IOException("disk full");
                      }
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");
    assertThat(done.get()).isLessThan(1_000_000);
  }

  @Test
  void close_ends_running_and_waiting_jobs() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    Future<?> first =
        callers.submit(
            () -> {
              workers.each(
                  2,
                  (i, canceled) -> {
                    running.countDown();
                    awaitInterrupt();
                  });
              return null;
            });
    running.await();
    CountDownLatch asked = new CountDownLatch(1);
    Future<?> second =
        callers.submit(
            () -> {
              asked.countDown();
              workers.each(2, (i, canceled) -> awaitInterrupt());
              return null;
            });
    asked.await();

    workers.close();

    for (Future<?> job : new Future<?>[] {first, second}) {
      assertThatThrownBy(() -> job.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(InterruptedIOException.class)
          .hasMessageContaining("closed");
    }
  }

  private static void awaitInterrupt() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new CancellationException();
    }
  }
}
