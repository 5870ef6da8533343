package io.wherry.local;

import io.wherry.spec.Content;
import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Secret;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A spec with everything left out but what a test says. */
final class TestSpec {

  private final Program program;
  private Content.Tree source;
  private final Map<String, String> params = new LinkedHashMap<>();
  private final Map<String, Content> inputs = new LinkedHashMap<>();
  private final Set<String> outputs = new LinkedHashSet<>();
  private final Map<String, String> env = new LinkedHashMap<>();
  private final Map<String, Secret> secrets = new LinkedHashMap<>();
  private Resources resources = Resources.DEFAULT;
  private int nodes = 1;
  private int processes = 1;
  private Duration timeLimit;
  private Duration grace = Duration.ofSeconds(5);

  private TestSpec(Program program) {
    this.program = program;
  }

  static TestSpec command(String... argv) {
    return new TestSpec(new Program.Command(List.of(argv)));
  }

  static TestSpec sh(String script) {
    return command("sh", "-c", script);
  }

  static TestSpec program(Program program) {
    return new TestSpec(program);
  }

  TestSpec source(Content.Tree tree) {
    source = tree;
    return this;
  }

  TestSpec param(String name, String value) {
    params.put(name, value);
    return this;
  }

  TestSpec input(String name, Content content) {
    inputs.put(name, content);
    return this;
  }

  TestSpec output(String name) {
    outputs.add(name);
    return this;
  }

  TestSpec env(String name, String value) {
    env.put(name, value);
    return this;
  }

  TestSpec secret(String name, Secret secret) {
    secrets.put(name, secret);
    return this;
  }

  TestSpec resources(int cpus, long memoryLimit, int gpus) {
    resources = new Resources(cpus, 0, memoryLimit, gpus);
    return this;
  }

  TestSpec nodes(int count) {
    nodes = count;
    return this;
  }

  TestSpec processes(int count) {
    processes = count;
    return this;
  }

  TestSpec timeLimit(Duration limit) {
    timeLimit = limit;
    return this;
  }

  TestSpec grace(Duration time) {
    grace = time;
    return this;
  }

  RunSpec build() {
    return new RunSpec(
        "test",
        "local",
        program,
        source,
        params,
        inputs,
        outputs,
        env,
        secrets,
        resources,
        nodes,
        processes,
        timeLimit,
        null,
        grace,
        0,
        RetryPolicy.NONE,
        Map.of(),
        null,
        Map.of());
  }
}
