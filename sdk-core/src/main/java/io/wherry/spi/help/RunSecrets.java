package io.wherry.spi.help;

import io.wherry.spec.RunSpec;
import io.wherry.spec.Secret;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import java.util.LinkedHashMap;
import java.util.Map;

/** The values of a run's own secrets, for the moment of its launch. */
public final class RunSecrets {
  private RunSecrets() {}

  /**
   * The values by environment variable, resolved now.
   *
   * @throws BackendException {@code REJECTED} if one cannot be resolved: a secret of the run that
   *     is not there is the run's trouble, not the target's
   */
  public static Map<String, String> resolve(RunSpec spec, BackendContext context)
      throws BackendException {
    Map<String, String> values = new LinkedHashMap<>();
    for (Map.Entry<String, Secret> secret : spec.secrets().entrySet()) {
      try {
        values.put(secret.getKey(), context.resolve(secret.getValue()));
      } catch (BackendException e) {
        throw new BackendException(
            e.kind() == Kind.UNAUTHORIZED ? Kind.REJECTED : e.kind(),
            String.valueOf(e.getMessage()),
            e);
      }
    }
    return values;
  }
}
