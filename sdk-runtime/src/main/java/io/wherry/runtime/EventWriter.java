package io.wherry.runtime;

import io.wherry.runtime.protocol.EventFormat;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Appends to an events file, always whole records. A record after a silence is written at once,
 * others within 200 ms or 64 kB, the last ones when the JVM shuts down in any orderly way.
 *
 * <p>Recording never throws: a batch that cannot be written is lost, reported once to the log, and
 * told to the next {@link #flush()}.
 */
final class EventWriter implements Recorder {

  private static final int BUFFER = 64 * 1024;
  private static final long INTERVAL_NANOS = 200_000_000;
  private static final int NO_FRAME = -1;

  private final Path file;
  private final System.Logger log;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private final Map<String, Integer> ids = new HashMap<>();
  private final CRC32C crc = new CRC32C();

  private @Nullable FileOutputStream out;

  /** Key ids belong to one writer; only the one that holds the lock may define them. */
  private boolean binary;

  /** Where the frame of points begins that is still being filled, or NO_FRAME. */
  private int frame = NO_FRAME;

  /** The file may end in half a record; an empty line after it saves ours. */
  private boolean torn;

  /** Whether the timer has records to write in time. */
  private boolean waiting;

  private boolean timed;
  private boolean shuttingDown;
  private long lastRecord = System.nanoTime() - INTERVAL_NANOS;
  private long bufferedSince;
  private @Nullable IOException loss;
  private boolean lossLogged;

  EventWriter(Path file, System.Logger log) {
    this.file = file;
    this.log = log;
  }

  @Override
  public synchronized void metric(String name, long step, double value) {
    Integer id = ids.get(name);
    if (id == null) {
      EventFormat.requireName(name);
      if (!open()) {
        return;
      }
      if (!binary || ids.size() == EventFormat.MAX_NAMES) {
        String point = EventFormat.encodeName(name) + "=" + value;
        line("metric @" + step + ":" + System.currentTimeMillis() + " " + point);
        return;
      }
      id = define(name);
    }
    if (makeRoom(EventFormat.FRAME_HEADER + 1 + EventFormat.POINT_BYTES)) {
      // Writing may have failed, and then no id is valid any more.
      metric(name, step, value);
      return;
    }
    if (frame == NO_FRAME) {
      frame = buffer.position();
      buffer.position(frame + EventFormat.FRAME_HEADER).put(EventFormat.POINTS);
    }
    buffer.putShort(id.shortValue()).putLong(step).putLong(System.currentTimeMillis());
    buffer.putDouble(value);
    recorded();
  }

  @Override
  public void param(String name, String value) {
    text("param", name, value);
  }

  @Override
  public void tag(String name, String value) {
    text("tag", name, value);
  }

  @Override
  public void progress(long done, long total, String message) {
    line("progress " + done + "/" + total + (message.isEmpty() ? "" : " " + message));
  }

  private void text(String word, String name, String value) {
    String record = word + " " + EventFormat.encodeName(name) + "=" + value;
    boolean oneLine = value.indexOf('\n') < 0 && !value.endsWith("\r");
    if (oneLine) {
      line(record);
      return;
    }
    // The final return would be taken for a part of the line's end.
    byte[] text = (record + (value.endsWith("\r") ? "\r" : "")).getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(EventFormat.FRAME_HEADER + 1 + text.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).position(EventFormat.FRAME_HEADER);
    bytes.put(EventFormat.TEXT).put(text);
    append(seal(bytes, 0).array());
  }

  private void line(String line) {
    append((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private synchronized void append(byte[] record) {
    if (!open()) {
      return;
    }
    endFrame();
    makeRoom(record.length);
    if (record.length > buffer.remaining()) {
      write(record, record.length);
    } else {
      buffer.put(record);
    }
    recorded();
  }

  private int define(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    endFrame();
    makeRoom(EventFormat.FRAME_HEADER + 5 + bytes.length);
    int id = ids.size();
    int start = buffer.position();
    buffer.position(start + EventFormat.FRAME_HEADER).put(EventFormat.DICTIONARY);
    buffer.putShort((short) id).putShort((short) bytes.length).put(bytes);
    seal(buffer, start);
    ids.put(name, id);
    return id;
  }

  private void endFrame() {
    if (frame != NO_FRAME) {
      seal(buffer, frame);
      frame = NO_FRAME;
    }
  }

  /** Fills in the header of the frame that ends at the position of the buffer. */
  private ByteBuffer seal(ByteBuffer bytes, int start) {
    int payload = start + EventFormat.FRAME_HEADER;
    int length = bytes.position() - payload;
    crc.reset();
    crc.update(bytes.slice(payload, length));
    bytes.put(start, EventFormat.FRAME).putInt(start + 1, length);
    return bytes.putInt(start + 5, (int) crc.getValue());
  }

  /** Writes the buffer out if it has no room for so many more bytes, and says whether it did. */
  private boolean makeRoom(int bytes) {
    if (buffer.remaining() >= bytes || buffer.position() == 0) {
      return false;
    }
    write();
    return true;
  }

  private void recorded() {
    long now = System.nanoTime();
    boolean silence = now - lastRecord >= INTERVAL_NANOS;
    lastRecord = now;
    if (silence || shuttingDown) {
      write();
    } else if (!waiting) {
      waiting = true;
      bufferedSince = now;
      startTimer();
      notifyAll();
    }
  }

  private void startTimer() {
    if (!timed) {
      timed = true;
      Thread timer = new Thread(this::writeInTime, "wherry-events");
      timer.setDaemon(true);
      timer.start();
    }
  }

  private synchronized void writeInTime() {
    try {
      while (true) {
        long left = bufferedSince + INTERVAL_NANOS - System.nanoTime();
        if (!waiting) {
          wait();
        } else if (left > 0) {
          wait(left / 1_000_000 + 1);
        } else {
          write();
        }
      }
    } catch (InterruptedException e) {
      // Nobody but the JVM's end has a reason to interrupt this thread; the next record starts it.
      timed = false;
      write();
    }
  }

  @Override
  public synchronized void flush() {
    write();
    IOException lost = loss;
    loss = null;
    if (lost != null) {
      throw new UncheckedIOException(
          "Metrics of this run were lost: " + file + " could not be written. Free disk space.",
          lost);
    }
  }

  private synchronized void shutDown() {
    shuttingDown = true;
    write();
  }

  private boolean open() {
    if (out != null) {
      return true;
    }
    try {
      // Not a channel: an interrupted thread would close it for everybody.
      FileOutputStream opened = new FileOutputStream(file.toFile(), true);
      torn = file.toFile().length() > 0;
      binary = lock(opened);
      out = opened;
    } catch (IOException e) {
      lost(e);
      return false;
    }
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "wherry-events-end"));
    } catch (IllegalStateException e) {
      shuttingDown = true;
    }
    return true;
  }

  /** Locks a byte far behind the end, which keeps the file readable where locks are mandatory. */
  private static boolean lock(FileOutputStream opened) {
    try {
      return opened.getChannel().tryLock(Long.MAX_VALUE - 1, 1, false) != null;
    } catch (IOException | OverlappingFileLockException e) {
      return false;
    }
  }

  private void write() {
    endFrame();
    waiting = false;
    int length = buffer.position();
    buffer.clear();
    if (length > 0) {
      write(buffer.array(), length);
    }
  }

  private void write(byte[] bytes, int length) {
    FileOutputStream to = out;
    try {
      if (to != null) {
        if (torn) {
          to.write('\n');
          torn = false;
        }
        to.write(bytes, 0, length);
      }
    } catch (IOException e) {
      lost(e);
      // Some names may be lost with this batch, so all are told again.
      ids.clear();
      torn = true;
    }
  }

  private void lost(IOException cause) {
    loss = cause;
    if (!lossLogged) {
      lossLogged = true;
      log.log(Level.WARNING, "Metrics of this run are being lost: " + file + ": " + cause);
    }
  }
}
