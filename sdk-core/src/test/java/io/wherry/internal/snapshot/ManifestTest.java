package io.wherry.internal.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.internal.snapshot.Manifest.Entry;
import io.wherry.internal.snapshot.Manifest.File;
import io.wherry.internal.snapshot.Manifest.Folder;
import io.wherry.internal.snapshot.Manifest.Link;
import io.wherry.internal.snapshot.Manifest.MalformedException;
import io.wherry.spec.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  private static final Digest DIGEST = new Digest("0123456789abcdef".repeat(4));

  @Test
  void a_manifest_reads_as_text() throws Exception {
    Manifest manifest =
        Manifest.of(
            List.of(
                new Link("latest", "src/a"),
                new File("src/run.sh", DIGEST, 7, true),
                new File("src/a", DIGEST, 0, false),
                new Folder("src")));

    assertThat(new String(manifest.bytes(), UTF_8))
        .isEqualTo(
            "wherry-tree 1\n"
                + "l\tlatest\tsrc/a\n"
                + "d\tsrc\n"
                + ("f\tsrc/a\t" + DIGEST.hex() + "\t0\n")
                + ("x\tsrc/run.sh\t" + DIGEST.hex() + "\t7\n"));
  }

  @Test
  void entries_in_any_order_give_the_same_bytes_and_come_back() throws Exception {
    List<Entry> entries = new ArrayList<>();
    List<String> names =
        List.of("a", "a-b", "a b", "\t", "\n\r\\n", "\uD83D\uDE00", "\uFB00", "ü", "Z", "...", "~");
    for (String name : names) {
      entries.add(new Folder(name));
      names.forEach(n -> entries.add(new File(name + "/" + n, DIGEST, 3, n.length() > 1)));
    }
    byte[] first = Manifest.of(entries).bytes();
    Collections.shuffle(entries, new Random(7));
    Manifest second = Manifest.of(entries);

    assertThat(second.bytes()).isEqualTo(first);
    assertThat(Manifest.parse(first)).isEqualTo(second);
    List<byte[]> paths = second.entries().stream().map(e -> e.path().getBytes(UTF_8)).toList();
    assertThat(paths).isSortedAccordingTo(Arrays::compareUnsigned);
  }

  @Test
  void the_empty_folder_has_a_manifest() throws Exception {
    byte[] bytes = Manifest.of(List.of()).bytes();

    assertThat(new String(bytes, UTF_8)).isEqualTo("wherry-tree 1\n");
    assertThat(Manifest.parse(bytes).entries()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "d\t/etc\n",
        "d\t..\n",
        "d\t.\n",
        "d\t\n",
        "d\ta\nd\ta/..\n",
        "d\ta\nd\ta/../b\n",
        "d\ta\nd\ta//b\n",
        "d\ta\nd\ta/\n",
        "d\ta\nd\ta\n",
        "d\ta\nf\ta\tHEX\t1\n",
        "f\ta/b\tHEX\t1\n",
        "f\ta\tHEX\t1\nf\ta/b\tHEX\t1\n",
        "l\ta\tb\nf\ta/c\tHEX\t1\n",
        "d\tb\nl\tb/l\t.\nf\tb/l/c\tHEX\t1\n",
        "l\ta\t/etc\n",
        "l\ta\t..\n",
        "l\ta\tb/../..\n",
        "l\ta\t\n",
        "d\td\nd\td/e\nl\td/e/l\t..\nl\tx\td/e/l/../..\n",
        "d\tb\nd\ta\n",
        "f\ta\tHEX\t01\n",
        "f\ta\tHEX\t-1\n",
        "f\ta\tHEX\t9999999999999999999\n",
        "f\ta\tABC\t1\n",
        "f\ta\tHEX\n",
        "z\ta\n",
        "d\ta\\x\n",
        "d\ta\\\n",
        "d\ta\u0000b\n",
        "d\ta\r\n",
        "d\ta",
        "\n",
      })
  void a_hostile_manifest_is_refused(String lines) {
    byte[] bytes = ("wherry-tree 1\n" + lines.replace("HEX", DIGEST.hex())).getBytes(UTF_8);

    assertThatThrownBy(() -> Manifest.parse(bytes)).isInstanceOf(MalformedException.class);
  }

  @Test
  void bytes_that_are_not_text_are_refused() {
    assertThatThrownBy(() -> Manifest.parse("wherry-tree 1\nd\t\u00ff\n".getBytes(ISO_8859_1)))
        .hasMessageContaining("UTF-8");
  }

  @Test
  void a_newer_version_is_refused_with_the_next_step() {
    assertThatThrownBy(() -> Manifest.parse("wherry-tree 2\nq\twhatever\n".getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("version 2 is newer")
        .hasMessageContaining("use the newer Wherry");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "wherry-tree\n",
        "wherry-tree 0\n",
        "wherry-tree 1 \n",
        "PK\u0003\u0004"
      })
  void what_is_no_manifest_is_refused(String text) {
    assertThatThrownBy(() -> Manifest.parse(text.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @CsvSource({"l,missing", "l,./d/../d/f", "l,l", "d/l,../f", "d/l,.", "l,d/up/f"})
  void a_link_that_stays_inside_is_fine(String path, String target) throws Exception {
    List<Entry> entries =
        List.of(
            new Folder("d"),
            new File("d/f", DIGEST, 1, false),
            new Link("d/up", ".."),
            new Link(path, target));

    byte[] bytes = Manifest.of(entries).bytes();

    assertThat(Manifest.parse(bytes).bytes()).isEqualTo(bytes);
  }

  @Test
  void a_link_that_leads_out_through_another_link_is_refused() {
    List<Entry> entries =
        List.of(new Folder("d"), new Link("d/up", ".."), new Link("out", "d/up/../x"));

    assertThatThrownBy(() -> Manifest.of(entries)).hasMessageContaining("leads out");
  }
}
