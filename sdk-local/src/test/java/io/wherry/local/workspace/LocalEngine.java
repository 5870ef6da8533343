package io.wherry.local.workspace;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests, visibly, where this machine cannot run processes; fails them where it has to. */
public final class LocalEngine implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    List<String> missing =
        List.of("/proc/self/stat", "sh", "setsid", "grep", "sleep").stream()
            .filter(name -> !isThere(name))
            .toList();
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("the local engine is there");
    }
    if (Arrays.asList(System.getenv().getOrDefault("WHERRY_REQUIRE_ENGINES", "").split(","))
        .contains("local")) {
      throw new IllegalStateException(
          "the local engine is required, but " + missing + " is missing");
    }
    return ConditionEvaluationResult.disabled("the local engine needs " + missing);
  }

  private static boolean isThere(String name) {
    return name.startsWith("/")
        ? Files.isReadable(Path.of(name))
        : Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }
}
