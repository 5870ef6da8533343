package io.wherry.testkit;

import io.wherry.spec.Content;
import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Secret;
import io.wherry.spi.BackendException;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A workload of the contract in the making. */
final class JobDraft {
  private final Bench bench;
  private final Program program;
  private final Map<String, String> params = new LinkedHashMap<>();
  private final Map<String, Content> inputs = new LinkedHashMap<>();
  private final Set<String> outputs = new LinkedHashSet<>();
  private final Map<String, String> env = new LinkedHashMap<>();
  private final Map<String, Secret> secrets = new LinkedHashMap<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private String run;
  private int attempt = 1;
  private Content.@Nullable Tree source;
  private Resources resources = Resources.DEFAULT;
  private int nodes = 1;
  private int processesPerNode = 1;
  private @Nullable Duration timeLimit;
  private Duration grace = Duration.ofSeconds(1);

  JobDraft(Bench bench, Program program, String run) {
    this.bench = bench;
    this.program = program;
    this.run = run;
    env.put("CONTRACT_MARK", bench.mark());
  }

  JobDraft run(String id) {
    run = id;
    return this;
  }

  JobDraft attempt(int number) {
    attempt = number;
    return this;
  }

  JobDraft source(Content.Tree tree) {
    source = tree;
    return this;
  }

  JobDraft param(String name, String value) {
    params.put(name, value);
    return this;
  }

  JobDraft input(String name, Content content) {
    inputs.put(name, content);
    return this;
  }

  JobDraft outputs(String... names) {
    outputs.addAll(List.of(names));
    return this;
  }

  JobDraft env(String name, String value) {
    env.put(name, value);
    return this;
  }

  JobDraft secret(String variable, Secret secret) {
    secrets.put(variable, secret);
    return this;
  }

  JobDraft option(String name, String value) {
    options.put(name, value);
    return this;
  }

  JobDraft memoryLimit(long bytes) {
    resources = new Resources(1, 0, bytes, 0);
    return this;
  }

  JobDraft ranks(int nodes, int processesPerNode) {
    this.nodes = nodes;
    this.processesPerNode = processesPerNode;
    return this;
  }

  JobDraft timeLimit(Duration limit) {
    timeLimit = limit;
    return this;
  }

  JobDraft grace(Duration time) {
    grace = time;
    return this;
  }

  Workload workload() {
    return of(bench.context());
  }

  /** As a workload of that workspace. */
  Workload of(ContractContext context) {
    LaunchKey key = new LaunchKey(context.workspaceId(), run, attempt);
    RunSpec spec =
        new RunSpec(
            "job",
            context.targetName(),
            program,
            source,
            params,
            inputs,
            outputs,
            env,
            secrets,
            resources,
            nodes,
            processesPerNode,
            timeLimit,
            null,
            grace,
            0,
            RetryPolicy.NONE,
            Map.of(),
            null,
            options);
    return new Workload(key, spec);
  }

  WorkloadHandle launch() throws BackendException {
    return bench.launch(workload());
  }
}
