package io.wherry.spec;

import static java.util.Objects.requireNonNull;

import io.wherry.spec.Content.Tree;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run as it was submitted: everything needed to start it again, with content frozen by digest and
 * secrets as references.
 *
 * @param name what the run is called; its id adds a number
 * @param target name of the compute target
 * @param program what is started
 * @param source folder that becomes the working folder, or null for an empty one
 * @param params parameters by name
 * @param inputs content by input name
 * @param outputs names of files or folders that the program must write
 * @param env environment variables
 * @param secrets secret references by environment variable
 * @param resources what each node must offer
 * @param nodes number of nodes, at least 1
 * @param processesPerNode processes a node, at least 1
 * @param timeLimit longest time from the program's start to its end, or null
 * @param startTimeout longest time from submit to the program's start, or null
 * @param grace time between the polite and the forced stop
 * @param priority higher starts first; equal ones in order of submission
 * @param retry when another attempt follows
 * @param tags free labels, searchable
 * @param idempotencyKey a second submit with the same key returns the first run, or null
 * @param options what one engine alone knows, for example {@code slurm.qos}; other backends ignore
 *     it
 */
public record RunSpec(
    String name,
    String target,
    Program program,
    @Nullable Tree source,
    Map<String, String> params,
    Map<String, Content> inputs,
    Set<String> outputs,
    Map<String, String> env,
    Map<String, Secret> secrets,
    Resources resources,
    int nodes,
    int processesPerNode,
    @Nullable Duration timeLimit,
    @Nullable Duration startTimeout,
    Duration grace,
    int priority,
    RetryPolicy retry,
    Map<String, String> tags,
    @Nullable String idempotencyKey,
    Map<String, String> options) {
  public RunSpec {
    requireNonNull(name, "name");
    requireNonNull(target, "target");
    requireNonNull(program, "program");
    requireNonNull(resources, "resources");
    requireNonNull(grace, "grace");
    requireNonNull(retry, "retry");
    params = ordered(params);
    inputs = ordered(inputs);
    outputs = Collections.unmodifiableSet(new LinkedHashSet<>(outputs));
    env = ordered(env);
    secrets = ordered(secrets);
    tags = ordered(tags);
    options = ordered(options);
  }

  /** How many processes the run has in all. */
  public int worldSize() {
    return nodes * processesPerNode;
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
