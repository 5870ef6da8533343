package io.wherry.internal.store;

import io.wherry.spec.MetricPoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;

/**
 * Points of one metric, 24 bytes each: step, milliseconds since the epoch, value; little-endian.
 * Any value, any order of steps, duplicates too. Not thread-safe.
 */
public final class PackedPoints {
  /** Bytes of a point. */
  public static final int WIDTH = 24;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private int used;

  /** No points yet. */
  public PackedPoints() {}

  /** Reads {@link #toBytes()} again; the array becomes this object's own. */
  public static PackedPoints of(byte[] packed) {
    if (packed.length % WIDTH != 0) {
      throw new IllegalArgumentException(packed.length + " bytes are no whole number of points");
    }
    PackedPoints points = new PackedPoints();
    points.bytes = packed;
    points.used = packed.length;
    return points;
  }

  /** Adds a point at the end. */
  public void add(long step, long epochMillis, double value) {
    room(WIDTH);
    LONG.set(bytes, used, step);
    LONG.set(bytes, used + 8, epochMillis);
    LONG.set(bytes, used + 16, Double.doubleToRawLongBits(value));
    used += WIDTH;
  }

  /** Adds points in packed form at the end. */
  public void addPacked(byte[] packed) {
    if (packed.length % WIDTH != 0) {
      throw new IllegalArgumentException(packed.length + " bytes are no whole number of points");
    }
    room(packed.length);
    System.arraycopy(packed, 0, bytes, used, packed.length);
    used += packed.length;
  }

  /** How many points there are. */
  public int size() {
    return used / WIDTH;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return used == 0;
  }

  /** Step of the point at an index. */
  public long step(int index) {
    return (long) LONG.get(bytes, offset(index));
  }

  /** Time of the point at an index, in milliseconds since the epoch. */
  public long epochMillis(int index) {
    return (long) LONG.get(bytes, offset(index) + 8);
  }

  /** Value of the point at an index, bit by bit as it was added. */
  public double value(int index) {
    return Double.longBitsToDouble((long) LONG.get(bytes, offset(index) + 16));
  }

  /** The lowest step; there must be a point. */
  public long firstStep() {
    long first = step(0);
    for (int i = 1; i < size(); i++) {
      first = Math.min(first, step(i));
    }
    return first;
  }

  /** Forgets the points, keeps the room. */
  public void clear() {
    used = 0;
  }

  /** A copy of the packed form. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, used);
  }

  /** Orders by step; equal steps keep their order. */
  public void sortByStep() {
    int size = size();
    boolean sorted = true;
    for (int i = 1; i < size && sorted; i++) {
      sorted = step(i - 1) <= step(i);
    }
    if (sorted) {
      return;
    }
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Long.compare(step(a), step(b)));
    byte[] result = new byte[used];
    for (int i = 0; i < size; i++) {
      System.arraycopy(bytes, order[i] * WIDTH, result, i * WIDTH, WIDTH);
    }
    bytes = result;
  }

  /** The points as values; a view that is made as it is read. */
  public List<MetricPoint> asList() {
    return new AbstractList<>() {
      @Override
      public MetricPoint get(int index) {
        return new MetricPoint(step(index), Instant.ofEpochMilli(epochMillis(index)), value(index));
      }

      @Override
      public int size() {
        return PackedPoints.this.size();
      }
    };
  }

  private int offset(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException("point " + index + " of " + size());
    }
    return index * WIDTH;
  }

  private void room(int more) {
    int needed = Math.addExact(used, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, Math.max(WIDTH * 16, bytes.length * 2)));
    }
  }
}
