package io.wherry.internal.classpath;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a class file mentions.
 *
 * @param classes internal names of classes; generous: a string that looks like a descriptor counts
 * @param fields the fields that its code reads or writes
 */
record ClassReferences(Set<String> classes, List<Field> fields) {
  private static final Pattern IN_DESCRIPTOR = Pattern.compile("L([^;:<>.\\[()\\s]+)[;<]");

  /** A field by internal name of its class and by its name. */
  record Field(String owner, String name) {}

  /** Reads the constant pool. */
  static ClassReferences of(byte[] classFile) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
    if (in.readInt() != 0xCAFEBABE) {
      throw new IOException("not a class file");
    }
    in.readInt(); // version
    int count = in.readUnsignedShort();
    String[] texts = new String[count];
    int[][] references = new int[count][];
    List<Integer> classIndexes = new ArrayList<>();
    List<int[]> fieldIndexes = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> texts[i] = in.readUTF();
        case 3, 4 -> in.skipBytes(4);
        case 5, 6 -> {
          in.skipBytes(8);
          i++; // takes two places
        }
        case 7 -> {
          references[i] = new int[] {in.readUnsignedShort()};
          classIndexes.add(i);
        }
        case 8, 16, 19, 20 -> in.skipBytes(2);
        case 9 -> fieldIndexes.add(new int[] {in.readUnsignedShort(), in.readUnsignedShort()});
        case 10, 11, 17, 18 -> in.skipBytes(4);
        case 12 -> references[i] = new int[] {in.readUnsignedShort(), in.readUnsignedShort()};
        case 15 -> in.skipBytes(3);
        default -> throw new IOException("constant of unknown kind " + tag);
      }
    }
    Set<String> classes = new LinkedHashSet<>();
    for (int index : classIndexes) {
      String name = texts[references[index][0]];
      if (!name.startsWith("[")) {
        classes.add(name);
      }
    }
    for (String text : texts) {
      if (text != null) {
        Matcher matcher = IN_DESCRIPTOR.matcher(text);
        while (matcher.find()) {
          classes.add(matcher.group(1));
        }
      }
    }
    List<Field> fields = new ArrayList<>();
    for (int[] field : fieldIndexes) {
      fields.add(new Field(texts[references[field[0]][0]], texts[references[field[1]][0]]));
    }
    return new ClassReferences(classes, fields);
  }
}
