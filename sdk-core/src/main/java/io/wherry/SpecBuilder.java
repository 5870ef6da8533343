package io.wherry;

import io.wherry.internal.check.CapabilityCheck;
import io.wherry.internal.check.SpecCheck;
import io.wherry.internal.classpath.FrozenClassPath;
import io.wherry.internal.control.Controller;
import io.wherry.internal.control.Target;
import io.wherry.internal.snapshot.ContentException;
import io.wherry.internal.store.DataRow;
import io.wherry.spec.Content;
import io.wherry.spec.Content.Tree;
import io.wherry.spec.Program;
import io.wherry.spec.RunSpec;
import io.wherry.spec.SpecException;
import io.wherry.spec.Violation;
import io.wherry.spec.WherryException;
import io.wherry.spec.WherryException.Code;
import io.wherry.spi.Capabilities;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.Workload;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a spec out of a draft. First everything is checked with content by its place, which costs
 * nothing; only what passes is frozen.
 */
final class SpecBuilder {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]+)\\}");

  private final RunDraft draft;
  private final Controller controller;
  private final List<Violation> violations = new ArrayList<>();

  SpecBuilder(RunDraft draft) {
    this.draft = draft;
    this.controller = draft.controller;
  }

  /** The spec with its content frozen. */
  RunSpec build() {
    RunSpec shown = unfrozen();
    checkAll(shown, controller.targets().specs().containsKey(draft.target));
    throwIfAny();
    RunSpec frozen = frozen();
    throwIfAny();
    return frozen;
  }

  Explanation explain() {
    RunSpec shown = unfrozen();
    boolean known = controller.targets().specs().containsKey(draft.target);
    String request = checkAll(shown, known);
    List<String> alternatives = new ArrayList<>();
    if (!violations.isEmpty()) {
      for (String other : controller.targets().specs().keySet()) {
        if (!other.equals(draft.target) && wouldAccept(other)) {
          alternatives.add(other);
        }
      }
    }
    String kind = known ? " (" + controller.targets().get(draft.target).spec().kind() + ")" : "";
    return new Explanation(draft.target + kind, violations, alternatives, request);
  }

  private boolean wouldAccept(String other) {
    SpecBuilder probe = new SpecBuilder(draft);
    RunSpec spec = probe.unfrozen();
    if (!SpecCheck.violations(spec).isEmpty()) {
      return false;
    }
    try {
      probe.checkTarget(spec, other, true);
    } catch (WherryException e) {
      return false;
    }
    return probe.violations.isEmpty();
  }

  private void throwIfAny() {
    if (!violations.isEmpty()) {
      throw new SpecException("run \"" + draft.name + "\" on " + draft.target, violations);
    }
  }

  /** Adds all violations; gives the engine's request, empty if the target cannot be asked. */
  private String checkAll(RunSpec spec, boolean targetKnown) {
    List<Violation> own = SpecCheck.violations(spec);
    violations.addAll(own);
    if (targetKnown) {
      return checkTarget(spec, draft.target, own.isEmpty());
    }
    violations.add(
        0,
        new Violation(
            "target",
            draft.target,
            "there is no target of that name; there are " + controller.targets().specs().keySet(),
            "choose one of them or attach it first"));
    return "";
  }

  /** A backend sees only specs that make sense on any target. */
  private String checkTarget(RunSpec spec, String name, boolean sound) {
    Target target = controller.targets().get(name);
    Capabilities capabilities = target.capabilities();
    if (capabilities == null) {
      violations.add(
          new Violation(
              "target",
              name,
              "it has never answered, so what it can do is not known: " + target.unavailable(),
              "compute().get(\"" + name + "\").check() tells more"));
      return "";
    }
    violations.addAll(CapabilityCheck.violations(spec, capabilities));
    if (!sound) {
      return "";
    }
    LaunchPlan plan =
        target
            .backend()
            .plan(
                List.of(
                    new Workload(
                        new LaunchKey(controller.workspaceId(), spec.name() + "-0", 1), spec)));
    plan.violations().stream().filter(v -> !violations.contains(v)).forEach(violations::add);
    return plan.describe();
  }

  /** The spec with content as places of this machine: for checks and for showing. */
  private RunSpec unfrozen() {
    Map<String, Content> inputs = new LinkedHashMap<>();
    draft.inputs.forEach((name, given) -> place(name, given, inputs));
    Path source = draft.source;
    if (source != null && !Files.isDirectory(source)) {
      violations.add(
          new Violation(
              "source",
              source.toString(),
              Files.exists(source) ? "is not a folder" : "does not exist",
              "name an existing folder (looked in " + Path.of("").toAbsolutePath() + ")"));
    }
    return spec(programByPlace(), null, inputs);
  }

  private RunSpec frozen() {
    try {
      Content.Tree source =
          draft.source == null ? null : controller.snapshots().capture(draft.source).tree();
      Map<String, Content> inputs = new LinkedHashMap<>();
      for (Map.Entry<String, Object> input : draft.inputs.entrySet()) {
        freeze(input.getKey(), input.getValue(), inputs);
      }
      return spec(frozenProgram(), source, inputs);
    } catch (ContentException e) {
      violations.addAll(e.violations());
      throwIfAny();
      throw e;
    } catch (InterruptedIOException e) {
      Thread.currentThread().interrupt();
      throw new WherryException(
          Code.INTERRUPTED,
          "submitting run \"" + draft.name + "\" was interrupted; nothing was started",
          e);
    } catch (IOException e) {
      throw new WherryException(
          Code.IO,
          "run \"" + draft.name + "\": its content could not be frozen: " + e.getMessage(),
          e);
    }
  }

  private RunSpec spec(Program program, @Nullable Tree source, Map<String, Content> inputs) {
    return new RunSpec(
        draft.name,
        draft.target,
        program,
        source,
        draft.params,
        inputs,
        draft.outputs,
        draft.env,
        draft.secrets,
        draft.resources.toResources(),
        draft.nodes,
        draft.processesPerNode,
        draft.timeLimit,
        draft.startTimeout,
        draft.grace,
        draft.priority,
        draft.retry.toPolicy(),
        draft.tags,
        draft.idempotencyKey,
        draft.options);
  }

  // ---- program

  private Program programByPlace() {
    ProgramDraft program = draft.program;
    if (program instanceof ProgramDraft.OfClass main) {
      return new Program.Java(
          main.mainClass().getName(), List.of(), draft.jvmOptions, filled(main.arguments()));
    }
    if (program instanceof ProgramDraft.OfJar jar) {
      if (!Files.isRegularFile(jar.jar())) {
        violations.add(
            new Violation(
                "jar",
                jar.jar().toString(),
                Files.exists(jar.jar()) ? "is not a file" : "does not exist",
                "build it first, or correct the path"));
      }
      return new Program.Java(
          "(Main-Class of " + jar.jar().getFileName() + ")",
          List.of(new Content.InPlace(jar.jar().toString())),
          draft.jvmOptions,
          filled(jar.arguments()));
    }
    if (program instanceof ProgramDraft.OfCommand command) {
      return new Program.Command(filled(command.argv()));
    }
    return new Program.Command(List.of());
  }

  private Program frozenProgram() throws IOException {
    ProgramDraft program = draft.program;
    if (program instanceof ProgramDraft.OfClass main) {
      return java(controller.classPaths().capture(main.mainClass()), main.arguments());
    }
    if (program instanceof ProgramDraft.OfJar jar) {
      return java(controller.classPaths().capture(jar.jar()), jar.arguments());
    }
    return programByPlace();
  }

  private Program java(FrozenClassPath classPath, List<String> arguments) {
    return new Program.Java(
        classPath.mainClass(), classPath.entries(), draft.jvmOptions, filled(arguments));
  }

  /** Puts parameters in for their placeholders; braces around anything else stay as they are. */
  private List<String> filled(List<String> words) {
    return words.stream()
        .map(
            word ->
                PLACEHOLDER
                    .matcher(word)
                    .replaceAll(
                        m ->
                            Matcher.quoteReplacement(
                                draft.params.getOrDefault(m.group(1), m.group()))))
        .toList();
  }

  // ---- inputs

  private void place(String name, Object given, Map<String, Content> inputs) {
    if (given instanceof Path path) {
      if (!Files.exists(path)) {
        violations.add(
            new Violation("input." + name, path.toString(), "does not exist", "correct the path"));
      }
      inputs.put(name, new Content.InPlace(path.toString()));
    } else if (given instanceof URI uri && "file".equals(uri.getScheme())) {
      place(name, Path.of(uri), inputs);
    } else {
      Content content = known(name, given);
      if (content != null) {
        inputs.put(name, content);
      }
    }
  }

  private void freeze(String name, Object given, Map<String, Content> inputs) throws IOException {
    if (given instanceof Path path) {
      inputs.put(name, controller.snapshots().capturePath("input." + name, path));
    } else if (given instanceof URI uri && "file".equals(uri.getScheme())) {
      freeze(name, Path.of(uri), inputs);
    } else {
      Content content = known(name, given);
      if (content != null) {
        inputs.put(name, content);
      }
    }
  }

  /** Content that needs no freezing; null with a violation if there is none. */
  private @Nullable Content known(String name, Object given) {
    if (given instanceof URI uri) {
      return new Content.InPlace(uri.toString());
    }
    if (given instanceof Artifact artifact) {
      return artifact.content();
    }
    String reference = (String) given;
    DataRow row = Datasets.find(controller, reference);
    if (row == null) {
      violations.add(
          new Violation(
              "input." + name,
              reference,
              "there is no data of that name and version",
              "register it with data().register(…), or give a Path"));
      return null;
    }
    String place = row.places().get(draft.target);
    return place == null ? row.content() : new Content.InPlace(place);
  }
}
