package io.wherry.spec;

/** Bytes that a run needs: named by digest, or lying on the target already. */
public sealed interface Content {
  /** One file. */
  record Blob(Digest digest, String fileName) implements Content {}

  /** A folder: the digest of its manifest, which names a blob for each file. */
  record Tree(Digest manifest) implements Content {}

  /** A file or folder used where it lies on the target; never copied, never written. */
  record InPlace(String location) implements Content {}
}
