package io.wherry.spi;

import io.wherry.spec.TargetSpec;
import java.util.List;

/**
 * A kind of compute target, found by {@link java.util.ServiceLoader}. Finding a provider activates
 * nothing: a target is always chosen by name. Implementations have a public no-argument constructor
 * without effects.
 */
public interface BackendProvider {
  /** The kind that a {@link TargetSpec} names; unique among all providers. */
  String kind();

  /** The settings that {@link #open} understands; unknown or missing ones are refused by core. */
  List<ConfigKey> configKeys();

  /**
   * Makes a backend for one target. Performs no I/O; what is wrong with the engine shows in {@link
   * Backend#probe()}.
   *
   * @throws IllegalArgumentException if a setting's value makes no sense; the message names key,
   *     value and rule
   */
  Backend open(TargetSpec target, BackendContext context);
}
