package io.wherry.internal.snapshot;

import io.wherry.spec.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as {@link Digest}. */
final class Sha256 {
  private Sha256() {}

  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static Digest end(MessageDigest sha) {
    return new Digest(HexFormat.of().formatHex(sha.digest()));
  }

  static Digest of(byte[] content) {
    MessageDigest sha = start();
    sha.update(content);
    return end(sha);
  }
}
