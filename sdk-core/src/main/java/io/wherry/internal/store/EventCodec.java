package io.wherry.internal.store;

import io.wherry.event.RunEvent;
import io.wherry.internal.json.Json;
import io.wherry.spec.Cause;
import io.wherry.spec.RunState;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stored form of run events: a kind, and what is particular to it as JSON. */
final class EventCodec {
  private EventCodec() {}

  static String kind(RunEvent event) {
    return event.getClass().getSimpleName();
  }

  static String data(RunEvent event) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    if (event instanceof RunEvent.StateChanged e) {
      data.put("to", e.to().name());
      data.put("reason", e.reason());
    } else if (event instanceof RunEvent.WaitingFor e) {
      data.put("reason", e.reason());
    } else if (event instanceof RunEvent.Restarted e) {
      data.put("restart", e.restart());
    } else if (event instanceof RunEvent.Retrying e) {
      data.put("cause", e.cause().name());
      data.put("exitCode", e.exitCode());
    } else if (event instanceof RunEvent.Noted e) {
      data.put("text", e.text());
    }
    return Json.write(data);
  }

  static RunEvent read(Instant at, int attempt, String kind, String data) {
    if (!(Json.parse(data) instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("event " + kind + ": not a JSON object");
    }
    return switch (kind) {
      case "StateChanged" ->
          new RunEvent.StateChanged(
              at, attempt, RunState.valueOf(text(map, "to")), text(map, "reason"));
      case "WaitingFor" -> new RunEvent.WaitingFor(at, attempt, text(map, "reason"));
      case "Restarted" -> new RunEvent.Restarted(at, attempt, number(map.get("restart")));
      case "Retrying" -> {
        Object exitCode = map.get("exitCode");
        yield new RunEvent.Retrying(
            at,
            attempt,
            Cause.valueOf(text(map, "cause")),
            exitCode == null ? null : Integer.valueOf(number(exitCode)));
      }
      case "CancelRequested" -> new RunEvent.CancelRequested(at, attempt);
      case "Noted" -> new RunEvent.Noted(at, attempt, text(map, "text"));
      // of a later version that needed no new schema: still worth showing
      default -> new RunEvent.Noted(at, attempt, kind + " " + data);
    };
  }

  private static String text(Map<?, ?> map, String name) {
    return String.valueOf(map.get(name));
  }

  private static int number(@Nullable Object value) {
    if (!(value instanceof Long number)) {
      throw new IllegalArgumentException("not a whole number: " + value);
    }
    return Math.toIntExact(number);
  }
}
