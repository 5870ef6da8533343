package io.wherry.examples.penguins;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.wherry.examples.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The Palmer penguins.
 *
 * @param rows how many rows the file has
 * @param complete those that have a species and all four measurements, in the file's order
 */
record Penguins(int rows, List<Penguin> complete) {
  /** Name of the data file. */
  static final String FILE = "penguins.json";

  Penguins {
    complete = List.copyOf(complete);
  }

  /**
   * A part to learn from and a part to judge by, which share no row.
   *
   * @param train at least one row of each species
   * @param heldOut at least one row of each species
   */
  record Split(List<Penguin> train, List<Penguin> heldOut) {
    Split {
      train = List.copyOf(train);
      heldOut = List.copyOf(heldOut);
    }
  }

  /** Writes the data file that comes with the examples into a folder. */
  static Path copyInto(Path folder) throws IOException {
    return Resources.copy(Penguins.class, FILE, folder);
  }

  static Penguins read(Path json) throws IOException {
    List<Penguin> complete = new ArrayList<>();
    int rows = 0;
    try (JsonParser parser = new JsonFactory().createParser(json.toFile())) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IOException(json + " is not a JSON array of rows");
      }
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        rows++;
        Penguin penguin = row(parser);
        if (penguin != null) {
          complete.add(penguin);
        }
      }
    }
    return new Penguins(rows, complete);
  }

  int dropped() {
    return rows - complete.size();
  }

  /**
   * Holds the same share of every species back, so that the rare one is judged too. The same seed
   * gives the same split.
   */
  Split split(double heldOutShare, long seed) {
    Map<String, List<Penguin>> bySpecies = new TreeMap<>();
    complete.forEach(p -> bySpecies.computeIfAbsent(p.species(), s -> new ArrayList<>()).add(p));
    Random random = new Random(seed);
    List<Penguin> train = new ArrayList<>();
    List<Penguin> heldOut = new ArrayList<>();
    for (List<Penguin> species : bySpecies.values()) {
      Collections.shuffle(species, random);
      int count = (int) Math.round(species.size() * heldOutShare);
      if (count == 0 || count == species.size()) {
        throw new IllegalArgumentException(
            "A share of %s of %d rows of %s leaves one side of the split empty."
                .formatted(heldOutShare, species.size(), species.get(0).species()));
      }
      heldOut.addAll(species.subList(0, count));
      train.addAll(species.subList(count, species.size()));
    }
    return new Split(train, heldOut);
  }

  private static @Nullable Penguin row(JsonParser parser) throws IOException {
    String species = null;
    Map<String, Double> numbers = new HashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (value.isNumeric()) {
        numbers.put(field, parser.getDoubleValue());
      } else if (field.equals("Species") && value == JsonToken.VALUE_STRING) {
        species = parser.getText();
      }
    }
    Double beakLength = numbers.get("Beak Length (mm)");
    Double beakDepth = numbers.get("Beak Depth (mm)");
    Double flipperLength = numbers.get("Flipper Length (mm)");
    Double bodyMass = numbers.get("Body Mass (g)");
    if (species == null
        || beakLength == null
        || beakDepth == null
        || flipperLength == null
        || bodyMass == null) {
      return null;
    }
    return new Penguin(species, beakLength, beakDepth, flipperLength, bodyMass);
  }
}
