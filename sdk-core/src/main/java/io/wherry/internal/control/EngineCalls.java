package io.wherry.internal.control;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Calls to engines that are tried again when the failure says that this may help. Thread-safe. */
final class EngineCalls {
  private static final int TRIES = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** A call to an engine. */
  interface Call<T> {
    T call() throws BackendException;
  }

  private EngineCalls() {}

  /** Tries again after {@link Kind#TRANSIENT}. Blocks through the pauses: about a second in all. */
  static <T> T retrying(String name, Call<T> call) throws BackendException {
    return retrying(name, EnumSet.of(Kind.TRANSIENT), call);
  }

  /**
   * The same for a launch, which is safe to repeat with the same key after {@link Kind#AMBIGUOUS}
   * too.
   */
  static <T> T launching(String name, Call<T> call) throws BackendException {
    return retrying(name, EnumSet.of(Kind.TRANSIENT, Kind.AMBIGUOUS), call);
  }

  private static <T> T retrying(String name, Set<Kind> kinds, Call<T> call)
      throws BackendException {
    try {
      return call.call(); // the usual case needs nothing of the library, not even its classes
    } catch (BackendException first) {
      if (!kinds.contains(first.kind())) {
        throw first;
      }
    }
    Retry retry =
        Retry.of(
            name,
            RetryConfig.custom()
                .maxAttempts(TRIES - 1)
                .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(FIRST_PAUSE))
                .retryOnException(e -> e instanceof BackendException b && kinds.contains(b.kind()))
                .build());
    try {
      return retry.executeCallable(call::call);
    } catch (BackendException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new BackendException(Kind.TRANSIENT, name + " was interrupted", e);
    }
  }
}
