package io.wherry.runtime.protocol;

import static io.wherry.runtime.protocol.EventFormat.FRAME;
import static io.wherry.runtime.protocol.EventFormat.FRAME_HEADER;
import static io.wherry.runtime.protocol.EventFormat.MAX_RECORD;
import static io.wherry.runtime.protocol.EventFormat.POINT_BYTES;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * Turns the bytes of an events file into calls of an {@link EventSink}, piece by piece. The events
 * do not depend on where the pieces are cut. Damage never throws: it is a {@linkplain
 * EventSink#warning warning} with its offset, and reading goes on at the next whole record.
 *
 * <p>Not thread-safe. The only memory that grows is that of the metric names, up to {@link
 * EventFormat#MAX_NAMES}.
 */
public final class EventReader {

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** After damage only frames up to this size are looked for, so that searching stays linear. */
  private static final int MAX_RESYNC_FRAME = 1 << 16;

  private static final byte STATE_VERSION = 1;
  private static final int NO = -1;
  private static final int MORE = -2;
  private static final int DAMAGED = -3;

  private static final byte[] METRIC = word("metric");
  private static final byte[] PARAM = word("param");
  private static final byte[] TAG = word("tag");
  private static final byte[] PROGRESS = word("progress");
  private static final byte[][] WORDS = {METRIC, PARAM, TAG, PROGRESS};

  private final EventSink sink;
  private final LongSupplier clock;
  private final MetricNames names = new MetricNames();
  private final CRC32C crc = new CRC32C();

  /** Key of every binary key id, or NO. */
  private int[] keyOfId = new int[0];

  private long offset;
  private boolean searching;

  /** While searching: where the damaged frame said that the next record begins. */
  private long presumed = NO;

  /**
   * Starts at the beginning of a file.
   *
   * @param clock the time in epoch milliseconds for points that carry none
   */
  public EventReader(EventSink sink, LongSupplier clock) {
    this.sink = Objects.requireNonNull(sink, "sink");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /**
   * Goes on where another reader of the same file stood, in this JVM or an earlier one.
   *
   * @param state from {@link #state()}
   * @throws IllegalArgumentException if these bytes are no such state, or one of a newer version
   */
  public static EventReader resume(EventSink sink, LongSupplier clock, byte[] state) {
    EventReader reader = new EventReader(sink, clock);
    reader.restore(ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN));
    return reader;
  }

  /** Returns how many bytes of the file have been consumed: the offset to read on from. */
  public long offset() {
    return offset;
  }

  /**
   * Returns all that {@link #resume} needs: the offset and what the file's binary keys mean. To be
   * stored together with what the sink made of the records before the offset.
   */
  public byte[] state() {
    Map<Integer, byte[]> entries = new TreeMap<>();
    int size = 18;
    for (int id = 0; id < keyOfId.length; id++) {
      if (keyOfId[id] != NO) {
        byte[] name = names.name(keyOfId[id]).getBytes(StandardCharsets.UTF_8);
        entries.put(id, name);
        size += 4 + name.length;
      }
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.put(STATE_VERSION).putLong(offset).put((byte) (searching ? 1 : 0)).putLong(presumed);
    entries.forEach(
        (id, name) -> out.putShort(id.shortValue()).putShort((short) name.length).put(name));
    return out.array();
  }

  private void restore(ByteBuffer in) {
    try {
      byte version = in.get();
      if (version != STATE_VERSION) {
        throw new IllegalArgumentException(
            "The stored state of an events file has version "
                + version
                + ", this SDK reads version "
                + STATE_VERSION
                + ". Use a newer SDK.");
      }
      offset = in.getLong();
      searching = in.get() != 0;
      presumed = in.getLong();
      while (in.hasRemaining()) {
        int id = Short.toUnsignedInt(in.getShort());
        byte[] name = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(name);
        define(id, names.key(new String(name, StandardCharsets.UTF_8)));
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "The stored state of an events file is cut off. Read the file from its start.", e);
    }
  }

  /**
   * Reads the whole records in a piece of the file that begins at {@link #offset()}.
   *
   * @return how many bytes were consumed; the rest is an unfinished record, to be given again in
   *     front of what follows it. A piece of more than {@link EventFormat#MAX_RECORD} plus 9 bytes
   *     always consumes something
   */
  public int feed(byte[] bytes, int from, int length) {
    return read(bytes, from, length, false);
  }

  /**
   * Reads the last piece of a file that will not grow any more: consumes all of it, and warns of an
   * unfinished last record.
   */
  public void finish(byte[] bytes, int from, int length) {
    read(bytes, from, length, true);
  }

  private int read(byte[] b, int from, int length, boolean last) {
    Objects.checkFromIndexSize(from, length, b.length);
    int end = from + length;
    int at = from;
    while (at < end) {
      int next = searching ? search(b, at, end, last) : record(b, at, end);
      if (next == MORE && last) {
        sink.warning("the last record is unfinished", offset);
        next = DAMAGED;
      }
      if (next == MORE) {
        break;
      }
      if (next == DAMAGED) {
        searching = true;
        next = at + 1;
      }
      offset += next - at;
      at = next;
    }
    return at - from;
  }

  /** Returns where the next record begins, or MORE or DAMAGED. */
  private int record(byte[] b, int at, int end) {
    return b[at] == FRAME ? frame(b, at, end) : line(b, at, end);
  }

  private int line(byte[] b, int at, int end) {
    int newline = newline(b, at, end);
    if (newline >= 0) {
      text(b, at, newline);
      return newline + 1;
    }
    if (newline == NO) {
      boolean tooLong = end - at >= MAX_RECORD && !contains(b, at, at + MAX_RECORD, FRAME);
      sink.warning(tooLong ? "a line of more than 1 MiB" : "a line that is not UTF-8", offset);
      return DAMAGED;
    }
    return MORE;
  }

  /** Returns the newline that ends the line at this place; NO if none can, MORE if one may. */
  private static int newline(byte[] b, int at, int end) {
    int limit = Math.min(end, at + MAX_RECORD);
    for (int i = at; i < limit; i++) {
      byte c = b[i];
      if (c == '\n') {
        return i;
      }
      if (c == FRAME) {
        return NO;
      }
    }
    return end - at >= MAX_RECORD ? NO : MORE;
  }

  private static boolean contains(byte[] b, int from, int to, byte wanted) {
    for (int i = from; i < to; i++) {
      if (b[i] == wanted) {
        return true;
      }
    }
    return false;
  }

  private int frame(byte[] b, int at, int end) {
    if (end - at < 5) {
      return MORE;
    }
    int length = (int) INT.get(b, at + 1);
    if (length < 1 || length > MAX_RECORD) {
      sink.warning("a frame with the impossible length " + length, offset);
      return DAMAGED;
    }
    if (end - at - FRAME_HEADER < length) {
      return MORE;
    }
    if (!intact(b, at, length)) {
      sink.warning("a frame with a wrong checksum", offset);
      presumed = offset + FRAME_HEADER + length;
      return DAMAGED;
    }
    payload(b, at + FRAME_HEADER, at + FRAME_HEADER + length);
    return at + FRAME_HEADER + length;
  }

  private boolean intact(byte[] b, int at, int length) {
    crc.reset();
    crc.update(b, at + FRAME_HEADER, length);
    return (int) crc.getValue() == (int) INT.get(b, at + 5);
  }

  /** After damage: returns where the next certain record begins, or what may be skipped. */
  private int search(byte[] b, int at, int end, boolean last) {
    for (int i = at; i < end; i++) {
      int found = NO;
      int start = i;
      if (b[i] == FRAME) {
        found = probeFrame(b, i, end);
      } else if (offset + (i - at) == presumed) {
        found = probeLine(b, i, end);
      }
      if (found == NO && b[i] == '\n') {
        start = i + 1;
        found = probeLine(b, start, end);
      }
      if (found == MORE && !last) {
        return i == at ? MORE : i;
      }
      if (found >= 0) {
        searching = false;
        presumed = NO;
        return start;
      }
    }
    return end;
  }

  private int probeFrame(byte[] b, int at, int end) {
    if (end - at < 5) {
      return MORE;
    }
    int length = (int) INT.get(b, at + 1);
    if (length < 1 || length > MAX_RESYNC_FRAME) {
      return NO;
    }
    if (end - at > FRAME_HEADER) {
      byte type = b[at + FRAME_HEADER];
      if (type < EventFormat.DICTIONARY || type > EventFormat.TEXT) {
        return NO;
      }
    }
    if (end - at - FRAME_HEADER < length) {
      return MORE;
    }
    return intact(b, at, length) ? at : NO;
  }

  private static int probeLine(byte[] b, int at, int end) {
    for (byte[] word : WORDS) {
      int n = Math.min(word.length, end - at);
      if (Arrays.equals(b, at, at + n, word, 0, n)) {
        return n < word.length ? MORE : newline(b, at, end);
      }
    }
    return NO;
  }

  private void payload(byte[] b, int at, int end) {
    switch (b[at]) {
      case EventFormat.DICTIONARY -> dictionary(b, at + 1, end);
      case EventFormat.POINTS -> points(b, at + 1, end);
      case EventFormat.TEXT -> text(b, at + 1, end);
      default -> sink.warning("a frame of the unknown type " + b[at], offset);
    }
  }

  private void dictionary(byte[] b, int at, int end) {
    int i = at;
    while (i < end) {
      int nameEnd = end - i < 4 ? MAX_RECORD * 2 : i + 4 + unsignedShort(b, i + 2);
      if (nameEnd - end > 0) {
        sink.warning("a dictionary that is cut off", offset);
        return;
      }
      String name = new String(b, i + 4, nameEnd - i - 4, StandardCharsets.UTF_8);
      String problem = EventFormat.problemWith(name);
      int key = problem == null ? names.key(name) : NO;
      if (key == NO) {
        warnOfName(name, problem == null ? MetricNames.TOO_MANY : problem);
      }
      define(unsignedShort(b, i), key);
      i = nameEnd;
    }
  }

  private void define(int id, int key) {
    if (id >= keyOfId.length) {
      int old = keyOfId.length;
      keyOfId = Arrays.copyOf(keyOfId, Math.max(id + 1, old * 2));
      Arrays.fill(keyOfId, old, keyOfId.length, NO);
    }
    keyOfId[id] = key;
  }

  private void points(byte[] b, int at, int end) {
    if ((end - at) % POINT_BYTES != 0) {
      sink.warning("a frame with a cut off point", offset);
      return;
    }
    int unknown = 0;
    int[] keys = keyOfId;
    for (int i = at; i < end; i += POINT_BYTES) {
      int id = unsignedShort(b, i);
      int key = id < keys.length ? keys[id] : NO;
      if (key == NO) {
        unknown++;
        continue;
      }
      long step = (long) LONG.get(b, i + 2);
      long time = (long) LONG.get(b, i + 10);
      double value = Double.longBitsToDouble((long) LONG.get(b, i + 18));
      sink.metric(key, names.name(key), step, time, value);
    }
    if (unknown > 0) {
      sink.warning(unknown + " points whose key id has no name", offset);
    }
  }

  private static int unsignedShort(byte[] b, int at) {
    return Short.toUnsignedInt((short) SHORT.get(b, at));
  }

  /** Reads a text record without its newline. */
  private void text(byte[] b, int at, int lineEnd) {
    int end = lineEnd > at && b[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
    if (startsWith(b, at, end, METRIC)) {
      metrics(b, at + METRIC.length, end);
    } else if (startsWith(b, at, end, PARAM)) {
      assignment(b, at + PARAM.length, end, true);
    } else if (startsWith(b, at, end, TAG)) {
      assignment(b, at + TAG.length, end, false);
    } else if (startsWith(b, at, end, PROGRESS)) {
      progress(b, at + PROGRESS.length, end);
    } else if (end > at) {
      warn("an unknown record", b, at, end);
    }
  }

  private static boolean startsWith(byte[] b, int at, int end, byte[] word) {
    return end - at >= word.length && Arrays.equals(b, at, at + word.length, word, 0, word.length);
  }

  private void metrics(byte[] b, int at, int end) {
    long step = 0;
    long time = Long.MIN_VALUE;
    long now = Long.MIN_VALUE;
    int i = at;
    while (true) {
      while (i < end && b[i] == ' ') {
        i++;
      }
      if (i >= end) {
        return;
      }
      int token = i;
      if (b[i] == '@') {
        while (i < end && b[i] != ' ') {
          i++;
        }
        int colon = token + 1;
        while (colon < i && b[colon] != ':') {
          colon++;
        }
        if (!Numbers.isLong(b, token + 1, colon)
            || (colon < i && !Numbers.isLong(b, colon + 1, i))) {
          // The points after it would get a wrong step, so the rest of the line goes.
          warn("a step that is not @STEP or @STEP:EPOCHMILLIS", b, token, i);
          return;
        }
        step = Numbers.toLong(b, token + 1, colon);
        time = colon < i ? Numbers.toLong(b, colon + 1, i) : Long.MIN_VALUE;
        continue;
      }
      int hash = 0;
      while (i < end && b[i] != '=' && b[i] != ' ') {
        hash = hash * 31 + b[i++];
      }
      int equals = i;
      while (i < end && b[i] != ' ') {
        i++;
      }
      if (equals == i || b[equals] != '=') {
        warn("a point that is not NAME=VALUE", b, token, i);
        continue;
      }
      int key = names.key(b, token, equals, hash);
      if (key == NO) {
        key = newKey(b, token, equals, hash);
        if (key == NO) {
          continue;
        }
      }
      double value = Numbers.toDouble(b, equals + 1, i);
      if (Double.isNaN(value) && !Numbers.isNan(b, equals + 1, i)) {
        warn("a value that is not a number", b, token, i);
        continue;
      }
      if (time == Long.MIN_VALUE) {
        if (now == Long.MIN_VALUE) {
          now = clock.getAsLong();
        }
        sink.metric(key, names.name(key), step, now, value);
      } else {
        sink.metric(key, names.name(key), step, time, value);
      }
    }
  }

  private int newKey(byte[] b, int at, int end, int hash) {
    String name = MetricNames.decode(b, at, end);
    String problem = EventFormat.problemWith(name);
    if (problem != null) {
      warnOfName(name, problem);
      return NO;
    }
    int key = names.add(b, at, end, hash, name);
    if (key == NO) {
      warnOfName(name, MetricNames.TOO_MANY);
    }
    return key;
  }

  private void assignment(byte[] b, int at, int end, boolean param) {
    int equals = at;
    while (equals < end && b[equals] != '=') {
      equals++;
    }
    if (equals == end) {
      warn("a record that is not NAME=VALUE", b, at, end);
      return;
    }
    String name = MetricNames.decode(b, at, equals).strip();
    String problem = EventFormat.problemWith(name);
    if (problem != null) {
      warnOfName(name, problem);
      return;
    }
    String value = new String(b, equals + 1, end - equals - 1, StandardCharsets.UTF_8);
    if (param) {
      sink.param(name, value);
    } else {
      sink.tag(name, value);
    }
  }

  private void progress(byte[] b, int at, int end) {
    int slash = at;
    while (slash < end && b[slash] != '/' && b[slash] != ' ') {
      slash++;
    }
    int space = slash;
    while (space < end && b[space] != ' ') {
      space++;
    }
    if (slash == end
        || b[slash] != '/'
        || !Numbers.isLong(b, at, slash)
        || !Numbers.isLong(b, slash + 1, space)) {
      warn("a progress that is not DONE/TOTAL", b, at, end);
      return;
    }
    long done = Numbers.toLong(b, at, slash);
    long total = Numbers.toLong(b, slash + 1, space);
    if (done < 0 || total < 0) {
      warn("a negative progress", b, at, end);
      return;
    }
    sink.progress(done, total, new String(b, space, end - space, StandardCharsets.UTF_8).strip());
  }

  private void warn(String what, byte[] b, int at, int end) {
    String text = new String(b, at, Math.min(end - at, 256), StandardCharsets.UTF_8);
    sink.warning(what + ": " + EventFormat.printable(text), offset);
  }

  private void warnOfName(String name, String problem) {
    sink.warning("the name \"" + EventFormat.printable(name) + "\" " + problem, offset);
  }

  private static byte[] word(String word) {
    return (word + " ").getBytes(StandardCharsets.US_ASCII);
  }
}
