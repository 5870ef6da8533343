package io.wherry.local;

import io.wherry.spec.*;
import io.wherry.spi.*;
import java.nio.file.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;

final class Bench {
  public static void main(String[] a) throws Exception {
    Path tmp = Files.createTempDirectory("wbench");
    TestContext context = new TestContext(tmp.resolve("ws"));
    LocalBackend backend =
        new LocalBackend(context, Host.thisMachine(), tmp.resolve("slots"), 2, "no-nvidia");
    SynchronousQueue<WorkloadHandle> q0 = new SynchronousQueue<>();
    BlockingQueue<WorkloadHandle> q = new LinkedBlockingQueue<>();
    backend.watch(q::add);
    System.out.println(backend.probe());
    int n = Integer.parseInt(a[0]);
    for (int round = 0; round < 5; round++) {
      long[] bare = new long[n],
          ours = new long[n],
          launch = new long[n],
          wake = new long[n],
          obs = new long[n],
          rel = new long[n];
      for (int i = 0; i < n; i++) {
        long t = System.nanoTime();
        new ProcessBuilder("/bin/true").start().waitFor();
        bare[i] = System.nanoTime() - t;
        LaunchKey key = new LaunchKey("ws", "r" + round + "-" + i, 1);
        Workload w = new Workload(key, TestSpec.command("/bin/true").build());
        t = System.nanoTime();
        Launch l = backend.plan(List.of(w)).launch();
        WorkloadHandle h = ((Launch.Taken) l).handles().get(key);
        long t1 = System.nanoTime();
        q.take();
        long t2 = System.nanoTime();
        Observation o = backend.observe(Set.of(h)).get(h);
        long t3 = System.nanoTime();
        if (!(o instanceof Observation.Ended e) || e.exitCode() != 0) throw new Error("" + o);
        ours[i] = t3 - t;
        launch[i] = t1 - t;
        wake[i] = t2 - t1;
        obs[i] = t3 - t2;
        t3 = System.nanoTime();
        backend.release(Set.of(h));
        rel[i] = System.nanoTime() - t3;
      }
      System.out.printf(
          "bare %.2f ours %.2f (+%.2f) launch %.2f wake %.2f observe %.2f release %.2f%n",
          med(bare), med(ours), med(ours) - med(bare), med(launch), med(wake), med(obs), med(rel));
    }
    backend.close();
  }

  static double med(long[] x) {
    long[] y = x.clone();
    Arrays.sort(y);
    return y[y.length / 2] / 1e6;
  }
}
