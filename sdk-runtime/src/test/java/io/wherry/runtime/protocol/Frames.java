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
    return little(9 + payload.length)
        .put((byte) 0xFE)
        .putInt(payload.length)
        .putInt((int) crc.getValue())
        .put(payload)
        .array();
  }

  static byte[] dictionary(int id, String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer payload = little(5 + utf8.length).put((byte) 1);
    return frame(payload.putShort((short) id).putShort((short) utf8.length).put(utf8).array());
  }

  static byte[] point(int id, long step, long time, double value) {
    ByteBuffer payload = little(27).put((byte) 2).putShort((short) id);
    return frame(payload.putLong(step).putLong(time).putDouble(value).array());
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

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
