package io.wherry.runtime;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Learns that the run has to stop, from SIGTERM or from the file that comes with it. */
final class StopNotice {

  private static final int EXIT_BY_SIGTERM = 128 + 15;
  private static final long LOOK_NANOS = 100_000_000;

  private final Path file;
  private final Duration grace;
  private final List<PreemptionListener> listeners = new ArrayList<>();

  private boolean watching;
  private long lastLook = System.nanoTime() - LOOK_NANOS;
  private long noticedAt;
  private volatile boolean noticed;
  private volatile boolean asked;

  StopNotice(Path file, Duration grace) {
    this.file = file;
    this.grace = grace;
  }

  /** Says whether the run has to stop; from now on the program decides when it ends. */
  boolean stopping() {
    if (!noticed) {
      look();
    }
    return noticed;
  }

  private synchronized void look() {
    asked = true;
    watch();
    long now = System.nanoTime();
    if (now - lastLook >= LOOK_NANOS) {
      lastLook = now;
      if (Files.exists(file)) {
        notice();
      }
    }
  }

  synchronized void add(PreemptionListener listener) {
    watch();
    if (Files.exists(file)) {
      notice();
    }
    if (noticed) {
      start(List.of(listener));
    } else {
      listeners.add(listener);
    }
  }

  private void watch() {
    if (!watching) {
      watching = true;
      if (!takeSignal()) {
        Runtime.getRuntime().addShutdownHook(new Thread(this::atShutdown, "wherry-stop"));
      }
    }
  }

  /** By reflection, because the class is outside the standard and may be missing. */
  private boolean takeSignal() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler onSignal =
          (proxy, method, args) ->
              switch (method.getName()) {
                case "handle" -> {
                  notice();
                  yield null;
                }
                case "equals" -> proxy == args[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "wherry-stop";
              };
      Object taken =
          Proxy.newProxyInstance(
              StopNotice.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
      Object term = signal.getConstructor(String.class).newInstance("TERM");
      signal.getMethod("handle", signal, handler).invoke(null, term, taken);
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private synchronized void notice() {
    if (!noticed) {
      noticedAt = System.nanoTime();
      noticed = true;
      if (!listeners.isEmpty()) {
        start(List.copyOf(listeners));
      }
    }
  }

  /**
   * Not a daemon: a program whose loop ends on the notice must not take a half-written checkpoint
   * with it.
   */
  private void start(List<PreemptionListener> told) {
    Thread thread =
        new Thread(
            () -> {
              tell(told);
              if (!asked) {
                System.exit(EXIT_BY_SIGTERM);
              }
            },
            "wherry-stop");
    thread.setDaemon(false);
    thread.start();
  }

  /** Where the signal cannot be taken the JVM is already ending, and waits for its hooks. */
  private void atShutdown() {
    List<PreemptionListener> told;
    synchronized (this) {
      if (noticed || !Files.exists(file)) {
        return;
      }
      noticedAt = System.nanoTime();
      noticed = true;
      told = List.copyOf(listeners);
    }
    tell(told);
  }

  // Whatever a listener throws, the next one must still get its chance to save something.
  private void tell(List<PreemptionListener> told) {
    for (PreemptionListener listener : told) {
      Duration left = grace.minusNanos(System.nanoTime() - noticedAt);
      try {
        listener.onPreemption(left.isNegative() ? Duration.ZERO : left);
      } catch (Throwable e) {
        System.err.println("A preemption listener failed: " + e);
        e.printStackTrace();
      }
    }
  }
}
