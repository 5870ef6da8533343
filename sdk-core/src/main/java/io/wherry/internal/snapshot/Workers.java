package io.wherry.internal.snapshot;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A few threads that share the items of a job. Idle threads end by themselves. */
final class Workers implements AutoCloseable {
  private final int threads;
  private final ThreadPoolExecutor pool;

  /** The work on one item of a job. */
  @FunctionalInterface
  interface Work {
    /** Works on item {@code i}; gives up with any exception when {@code canceled} says so. */
    void on(int i, BooleanSupplier canceled) throws IOException;
  }

  Workers(int threads) {
    this.threads = threads;
    AtomicInteger number = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "wherry-snapshot-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Works on the items 0 to {@code count - 1}; returns when all are done. The first failure ends
   * the job and is thrown.
   *
   * @throws InterruptedIOException if the caller is interrupted or the threads were ended; the work
   *     stops soon
   */
  void each(int count, Work work) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted(null);
    }
    AtomicBoolean canceled = new AtomicBoolean();
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> futures = new ArrayList<>();
    try {
      for (int t = 0; t < Math.min(threads, count); t++) {
        futures.add(
            pool.submit(
                () -> {
                  try {
                    for (int i; !canceled.get() && (i = next.getAndIncrement()) < count; ) {
                      work.on(i, canceled::get);
                    }
                    return null;
                  } catch (IOException | RuntimeException | Error e) {
                    canceled.set(true);
                    throw e;
                  }
                }));
      }
      await(futures);
    } catch (RejectedExecutionException e) {
      throw closed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } finally {
      canceled.set(true);
    }
  }

  @Override
  public void close() {
    // what never began would otherwise be waited for in vain
    pool.shutdownNow().forEach(task -> ((Future<?>) task).cancel(false));
  }

  private static void await(List<Future<?>> futures) throws IOException, InterruptedException {
    @Nullable Throwable failure = null;
    for (Future<?> future : futures) {
      try {
        future.get();
      } catch (ExecutionException e) {
        if (failure == null || failure instanceof CancellationException) {
          failure = e.getCause();
        }
      } catch (CancellationException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure instanceof CancellationException || failure instanceof ClosedByInterruptException) {
      throw closed(failure);
    } else if (failure instanceof IOException e) {
      throw e;
    } else if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  /** Says that the calling thread was interrupted. */
  static InterruptedIOException interrupted(@Nullable Throwable cause) {
    InterruptedIOException e = new InterruptedIOException("interrupted");
    e.initCause(cause);
    return e;
  }

  private static InterruptedIOException closed(Throwable cause) {
    InterruptedIOException e = new InterruptedIOException("the workspace was closed meanwhile");
    e.initCause(cause);
    return e;
  }
}
