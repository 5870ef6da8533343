package io.wherry.runtime.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Metric names as dense keys, found by the bytes that a text line spells them with. */
final class MetricNames {

  static final String TOO_MANY = "is one more than the " + EventFormat.MAX_NAMES + " of one file";

  private static final int NO = -1;

  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> keys = new HashMap<>();

  /** Empty where a slot is free: no name is spelt by nothing. */
  private byte[][] spellings = new byte[64][0];

  private int[] keyOfSpelling = new int[64];
  private int count;

  String name(int key) {
    return names.get(key);
  }

  /** Returns the key of a name, new or known; -1 when there are too many. */
  int key(String name) {
    Integer known = keys.get(name);
    if (known != null) {
      return known;
    }
    if (names.size() >= EventFormat.MAX_NAMES) {
      return NO;
    }
    int key = names.size();
    names.add(name);
    keys.put(name, key);
    return key;
  }

  /** Returns the key of a spelling that was added before, or -1. */
  int key(byte[] b, int from, int to, int hash) {
    int mask = spellings.length - 1;
    for (int slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      byte[] spelling = spellings[slot];
      if (spelling.length == 0) {
        return NO;
      }
      if (spelling.length == to - from && Arrays.equals(spelling, 0, to - from, b, from, to)) {
        return keyOfSpelling[slot];
      }
    }
  }

  /** Remembers a spelling of a name and returns the name's key; -1 when there are too many. */
  int add(byte[] b, int from, int to, int hash, String name) {
    int key = key(name);
    // One name has many percent-encoded spellings; beyond a sane number they are decoded each time.
    if (key != NO && count < 2 * EventFormat.MAX_NAMES) {
      if (count * 2 >= spellings.length) {
        grow();
      }
      put(Arrays.copyOfRange(b, from, to), hash, key);
      count++;
    }
    return key;
  }

  private void put(byte[] spelling, int hash, int key) {
    int mask = spellings.length - 1;
    int slot = spread(hash) & mask;
    while (spellings[slot].length > 0) {
      slot = (slot + 1) & mask;
    }
    spellings[slot] = spelling;
    keyOfSpelling[slot] = key;
  }

  private void grow() {
    byte[][] old = spellings;
    int[] oldKeys = keyOfSpelling;
    spellings = new byte[old.length * 2][0];
    keyOfSpelling = new int[old.length * 2];
    for (int i = 0; i < old.length; i++) {
      byte[] spelling = old[i];
      if (spelling.length > 0) {
        int hash = 0;
        for (byte c : spelling) {
          hash = hash * 31 + c;
        }
        put(spelling, hash, oldKeys[i]);
      }
    }
  }

  private static int spread(int hash) {
    return hash ^ (hash >>> 16);
  }

  /** Undoes the percent-encoding; a percent sign without two hexadecimal digits stays itself. */
  static String decode(byte[] b, int from, int to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(to - from);
    for (int i = from; i < to; i++) {
      int high = b[i] == '%' && to - i > 2 ? Character.digit(b[i + 1], 16) : NO;
      int low = high >= 0 ? Character.digit(b[i + 2], 16) : NO;
      if (low >= 0) {
        out.write(high * 16 + low);
        i += 2;
      } else {
        out.write(b[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
