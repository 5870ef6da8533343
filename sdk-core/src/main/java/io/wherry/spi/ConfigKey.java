package io.wherry.spi;

/**
 * One setting of a target.
 *
 * @param name its key in {@link io.wherry.spec.TargetSpec#settings()}
 * @param required whether a target without it is refused
 * @param secret whether its value is a secret reference; core refuses plain values
 * @param description what it is, unit and default included
 */
public record ConfigKey(String name, boolean required, boolean secret, String description) {
  /** A setting that may be left out. */
  public static ConfigKey optional(String name, String description) {
    return new ConfigKey(name, false, false, description);
  }

  /** A setting that must be there. */
  public static ConfigKey required(String name, String description) {
    return new ConfigKey(name, true, false, description);
  }
}
