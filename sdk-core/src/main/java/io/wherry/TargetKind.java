package io.wherry;

import io.wherry.spi.ConfigKey;
import java.util.List;

/**
 * A kind of target that may be attached.
 *
 * @param kind its name in a {@link io.wherry.spec.TargetSpec}
 * @param available whether its backend could be loaded
 * @param reason why not; empty if it could
 * @param settings what it can be told
 */
public record TargetKind(String kind, boolean available, String reason, List<ConfigKey> settings) {
  public TargetKind {
    settings = List.copyOf(settings);
  }
}
