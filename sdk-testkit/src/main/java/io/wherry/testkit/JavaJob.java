package io.wherry.testkit;

import java.nio.charset.StandardCharsets;

/**
 * The Java program of the contract: prints its arguments, each followed by NUL. Travels alone, so
 * it uses the JDK only.
 */
final class JavaJob {
  private JavaJob() {}

  public static void main(String[] arguments) {
    for (String argument : arguments) {
      System.out.writeBytes((argument + "\0").getBytes(StandardCharsets.UTF_8));
    }
  }
}
