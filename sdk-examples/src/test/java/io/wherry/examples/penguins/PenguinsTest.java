package io.wherry.examples.penguins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PenguinsTest {
  @TempDir Path folder;

  @Test
  void the_data_file_is_the_published_one() throws Exception {
    byte[] bytes = Files.readAllBytes(Penguins.copyInto(folder));

    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
        .isEqualTo("0facf769609f1205b82cbceb8238c36af3e6147a0ca0e163902cc6281ce3e917");
  }

  @Test
  void rows_without_measurements_are_dropped_and_counted() throws IOException {
    Penguins penguins = bundled();

    assertThat(penguins.rows()).isEqualTo(344);
    assertThat(penguins.dropped()).isEqualTo(2);
    assertThat(penguins.complete().get(0)).isEqualTo(new Penguin("Adelie", 39.1, 18.7, 181, 3750));
  }

  @Test
  void a_file_that_is_no_array_is_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "{}");

    assertThatThrownBy(() -> Penguins.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a JSON array");
  }

  @Test
  void the_split_holds_the_same_share_of_every_species_back() throws IOException {
    Penguins.Split split = bundled().split(0.25, 1);

    assertThat(split.train()).hasSize(256);
    assertThat(split.heldOut()).hasSize(86);
    assertThat(count(split.heldOut(), "Adelie")).isEqualTo(38);
    assertThat(count(split.heldOut(), "Chinstrap")).isEqualTo(17);
    assertThat(count(split.heldOut(), "Gentoo")).isEqualTo(31);
  }

  @Test
  void the_two_sides_of_a_split_are_all_complete_rows() throws IOException {
    Penguins penguins = bundled();
    Penguins.Split split = penguins.split(0.25, 1);

    List<Penguin> together = new ArrayList<>(split.train());
    together.addAll(split.heldOut());
    assertThat(together).containsExactlyInAnyOrderElementsOf(penguins.complete());
  }

  @Test
  void the_seed_decides_the_split() throws IOException {
    Penguins penguins = bundled();

    assertThat(penguins.split(0.25, 1)).isEqualTo(penguins.split(0.25, 1));
    assertThat(penguins.split(0.25, 1)).isNotEqualTo(penguins.split(0.25, 2));
  }

  @Test
  void a_split_that_leaves_one_side_empty_is_refused() throws IOException {
    Penguins penguins = bundled();

    assertThatThrownBy(() -> penguins.split(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Adelie");
  }

  private Penguins bundled() throws IOException {
    return Penguins.read(Penguins.copyInto(folder));
  }

  private static long count(List<Penguin> penguins, String species) {
    return penguins.stream().filter(p -> p.species().equals(species)).count();
  }
}
