package io.wherry.runtime.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Frames as docs/run-protocol.md defines them, written independently of the product's writer. */
final class Frames {

  private Frames() {}

  static byte[] frame(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    byte[] frame = new byte[9 + payload.length];
    ByteBuffer out = little(frame).put((byte) 0xFE).putInt(payload.length);
    out.putInt((int) crc.getValue()).put(payload);
    return frame;
  }

  static byte[] dictionary(int id, String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[5 + utf8.length];
    little(payload).put((byte) 1).putShort((short) id).putShort((short) utf8.length).put(utf8);
    return frame(payload);
  }

  static byte[] point(int id, long step, long time, double value) {
    byte[] payload = new byte[27];
    little(payload).put((byte) 2).putShort((short) id).putLong(step).putLong(time).putDouble(value);
    return frame(payload);
  }

  static byte[] text(String record) {
    return frame(("\u0003" + record).getBytes(StandardCharsets.UTF_8));
  }

  static byte[] line(String line) {
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static byte[] join(byte[]... parts) {
    int size = 0;
    for (byte[] part : parts) {
      size += part.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (byte[] part : parts) {
      out.put(part);
    }
    return out.array();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
