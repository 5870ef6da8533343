package io.wherry.spec;

import java.util.regex.Pattern;

/**
 * The identity of content.
 *
 * @param hex 64 lower-case hexadecimal digits of a SHA-256
 */
public record Digest(String hex) implements Comparable<Digest> {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  public Digest {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a SHA-256 in lower-case hexadecimal: " + hex);
    }
  }

  /** Reads {@code sha256:…}. */
  public static Digest parse(String text) {
    if (!text.startsWith("sha256:")) {
      throw new IllegalArgumentException(
          "unknown digest algorithm in " + text + "; expected sha256:…");
    }
    return new Digest(text.substring("sha256:".length()));
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  /** {@code sha256:…}, the inverse of {@link #parse}. */
  @Override
  public String toString() {
    return "sha256:" + hex;
  }
}
