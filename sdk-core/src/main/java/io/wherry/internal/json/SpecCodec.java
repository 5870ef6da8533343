package io.wherry.internal.json;

import io.wherry.spec.Cause;
import io.wherry.spec.Content;
import io.wherry.spec.Digest;
import io.wherry.spec.Feature;
import io.wherry.spec.NodeSize;
import io.wherry.spec.Program;
import io.wherry.spec.Resources;
import io.wherry.spec.RetryPolicy;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Secret;
import io.wherry.spec.TargetSpec;
import io.wherry.spi.Capabilities;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of specs: JSON with a version. Fields that are not known are ignored, so that a
 * later field does not need a new version; a new version says that the old reader would
 * misunderstand. Stateless.
 *
 * <p>The reading methods throw {@link NewerVersionException} for newer versions and {@link
 * IllegalArgumentException} for text that is none of this.
 */
public final class SpecCodec {
  private static final int VERSION = 1;

  private SpecCodec() {}

  /** The stored form of a run's spec. */
  public static String write(RunSpec spec) {
    Map<String, @Nullable Object> json = versioned();
    json.put("name", spec.name());
    json.put("target", spec.target());
    json.put("program", program(spec.program()));
    Content.Tree source = spec.source();
    if (source != null) {
      json.put("source", source.manifest().toString());
    }
    json.put("params", spec.params());
    json.put("inputs", values(spec.inputs(), SpecCodec::content));
    json.put("outputs", spec.outputs());
    json.put("env", spec.env());
    json.put("secrets", values(spec.secrets(), Secret::reference));
    Map<String, @Nullable Object> resources = new LinkedHashMap<>();
    resources.put("cpus", spec.resources().cpus());
    resources.put("memory", spec.resources().memory());
    resources.put("memoryLimit", spec.resources().memoryLimit());
    resources.put("gpus", spec.resources().gpus());
    json.put("resources", resources);
    json.put("nodes", spec.nodes());
    json.put("processesPerNode", spec.processesPerNode());
    putDuration(json, "timeLimit", spec.timeLimit());
    putDuration(json, "startTimeout", spec.startTimeout());
    putDuration(json, "grace", spec.grace());
    json.put("priority", spec.priority());
    Map<String, @Nullable Object> retry = new LinkedHashMap<>();
    retry.put("attempts", spec.retry().attempts());
    retry.put("causes", names(spec.retry().causes()));
    retry.put("exitCodes", new TreeSet<>(spec.retry().exitCodes()));
    json.put("retry", retry);
    json.put("tags", spec.tags());
    if (spec.idempotencyKey() != null) {
      json.put("idempotencyKey", spec.idempotencyKey());
    }
    json.put("options", spec.options());
    return Json.write(json);
  }

  /** Reads {@link #write(RunSpec)} again. */
  public static RunSpec readRunSpec(String text) {
    Fields json = versioned("run spec", text);
    Fields resources = json.object("resources");
    Fields retry = json.object("retry");
    String source = json.optionalText("source");
    return new RunSpec(
        json.text("name"),
        json.text("target"),
        program(json.object("program")),
        source == null ? null : new Content.Tree(Digest.parse(source)),
        json.texts("params"),
        json.map("inputs", value -> content(Fields.of("inputs", value))),
        new LinkedHashSet<>(json.list("outputs")),
        json.texts("env"),
        json.map("secrets", value -> Secret.parse((String) value)),
        new Resources(
            resources.integer("cpus"),
            resources.whole("memory"),
            resources.whole("memoryLimit"),
            resources.integer("gpus")),
        json.integer("nodes"),
        json.integer("processesPerNode"),
        json.optionalDuration("timeLimit"),
        json.optionalDuration("startTimeout"),
        json.duration("grace"),
        json.integer("priority"),
        new RetryPolicy(retry.integer("attempts"), causes(retry), exitCodes(retry)),
        json.texts("tags"),
        json.optionalText("idempotencyKey"),
        json.texts("options"));
  }

  /** The stored form of how a target is reached. */
  public static String write(TargetSpec spec) {
    Map<String, @Nullable Object> json = versioned();
    json.put("kind", spec.kind());
    json.put("settings", new TreeMap<>(spec.settings()));
    return Json.write(json);
  }

  /** Reads {@link #write(TargetSpec)} again. */
  public static TargetSpec readTargetSpec(String text) {
    Fields json = versioned("target", text);
    return new TargetSpec(json.text("kind"), json.texts("settings"));
  }

  /** The stored form of what a target can do. */
  public static String write(Capabilities capabilities) {
    Map<String, @Nullable Object> json = versioned();
    json.put("features", names(capabilities.features()));
    List<Object> sizes = new ArrayList<>();
    for (NodeSize size : capabilities.nodeSizes()) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("name", size.name());
      one.put("cpus", size.cpus());
      one.put("memory", size.memory());
      one.put("gpus", size.gpus());
      one.put("nodes", size.nodes());
      sizes.add(one);
    }
    json.put("nodeSizes", sizes);
    putDuration(json, "pollInterval", capabilities.pollInterval());
    putDuration(json, "missingGrace", capabilities.missingGrace());
    json.put("facts", new TreeMap<>(capabilities.facts()));
    return Json.write(json);
  }

  /**
   * Reads {@link #write(Capabilities)} again. Features that this version does not know are left
   * out.
   */
  public static Capabilities readCapabilities(String text) {
    Fields json = versioned("capabilities", text);
    Set<String> names = new LinkedHashSet<>(json.list("features"));
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    for (Feature feature : Feature.values()) {
      if (names.contains(feature.name())) {
        features.add(feature);
      }
    }
    List<NodeSize> sizes = new ArrayList<>();
    for (Object item : json.items("nodeSizes")) {
      Fields size = Fields.of("nodeSizes", item);
      sizes.add(
          new NodeSize(
              size.text("name"),
              size.integer("cpus"),
              size.whole("memory"),
              size.integer("gpus"),
              size.integer("nodes")));
    }
    return new Capabilities(
        features,
        sizes,
        json.duration("pollInterval"),
        json.duration("missingGrace"),
        json.texts("facts"));
  }

  /** The stored form of content by itself, for example a version of named data. */
  public static String write(Content content) {
    Map<String, @Nullable Object> json = versioned();
    json.putAll(content(content));
    return Json.write(json);
  }

  /** Reads {@link #write(Content)} again. */
  public static Content readContent(String text) {
    return content(versioned("content", text));
  }

  private static Map<String, @Nullable Object> program(Program program) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    if (program instanceof Program.Command command) {
      json.put("type", "command");
      json.put("argv", command.argv());
    } else if (program instanceof Program.Java java) {
      json.put("type", "java");
      json.put("mainClass", java.mainClass());
      List<Object> classPath = new ArrayList<>();
      java.classPath().forEach(entry -> classPath.add(content(entry)));
      json.put("classPath", classPath);
      json.put("jvmOptions", java.jvmOptions());
      json.put("arguments", java.arguments());
    }
    return json;
  }

  private static Program program(Fields json) {
    String type = json.text("type");
    if (type.equals("command")) {
      return new Program.Command(json.list("argv"));
    }
    if (type.equals("java")) {
      List<Content> classPath = new ArrayList<>();
      json.items("classPath")
          .forEach(entry -> classPath.add(content(Fields.of("classPath", entry))));
      return new Program.Java(
          json.text("mainClass"), classPath, json.list("jvmOptions"), json.list("arguments"));
    }
    throw new IllegalArgumentException("unknown type of program: " + type);
  }

  private static Map<String, @Nullable Object> content(Content content) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    if (content instanceof Content.Blob blob) {
      json.put("blob", blob.digest().toString());
      json.put("fileName", blob.fileName());
    } else if (content instanceof Content.Tree tree) {
      json.put("tree", tree.manifest().toString());
    } else if (content instanceof Content.InPlace place) {
      json.put("inPlace", place.location());
    }
    return json;
  }

  private static Content content(Fields json) {
    String blob = json.optionalText("blob");
    if (blob != null) {
      return new Content.Blob(Digest.parse(blob), json.text("fileName"));
    }
    String tree = json.optionalText("tree");
    return tree != null
        ? new Content.Tree(Digest.parse(tree))
        : new Content.InPlace(json.text("inPlace"));
  }

  private static Set<Cause> causes(Fields retry) {
    Set<Cause> causes = EnumSet.noneOf(Cause.class);
    retry.list("causes").forEach(name -> causes.add(Cause.valueOf(name)));
    return causes;
  }

  private static Set<Integer> exitCodes(Fields retry) {
    Set<Integer> codes = new TreeSet<>();
    for (Object code : retry.items("exitCodes")) {
      codes.add(Math.toIntExact((Long) code));
    }
    return codes;
  }

  private static List<String> names(Set<? extends Enum<?>> values) {
    return new ArrayList<>(new TreeSet<>(values.stream().map(Enum::name).toList()));
  }

  private static <V> Map<String, Object> values(Map<String, V> map, Function<V, Object> form) {
    Map<String, Object> json = new LinkedHashMap<>();
    map.forEach((key, value) -> json.put(key, form.apply(value)));
    return json;
  }

  private static void putDuration(
      Map<String, @Nullable Object> json, String name, @Nullable Duration duration) {
    if (duration != null) {
      json.put(name, duration.toString());
    }
  }

  private static Map<String, @Nullable Object> versioned() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", VERSION);
    return json;
  }

  private static Fields versioned(String what, String text) {
    Fields json = Fields.of(what, Json.parse(text));
    long version = json.whole("version");
    if (version > VERSION) {
      throw new NewerVersionException(what, version, VERSION);
    }
    return json;
  }

  /** An object whose fields are asked for by name and type. */
  private record Fields(String what, Map<?, ?> map) {
    static Fields of(String what, @Nullable Object json) {
      if (json instanceof Map<?, ?> map) {
        return new Fields(what, map);
      }
      throw new IllegalArgumentException(what + ": not a JSON object");
    }

    private <T> T field(String name, Class<T> type) {
      Object value = map.get(name);
      if (!type.isInstance(value)) {
        throw new IllegalArgumentException(
            what
                + ": "
                + name
                + (value == null ? " is missing" : " is not a " + type.getSimpleName()));
      }
      return type.cast(value);
    }

    Fields object(String name) {
      return new Fields(what + "." + name, field(name, Map.class));
    }

    String text(String name) {
      return field(name, String.class);
    }

    @Nullable String optionalText(String name) {
      return map.get(name) == null ? null : text(name);
    }

    long whole(String name) {
      Number number = field(name, Number.class);
      return number instanceof Long whole
          ? whole
          : new BigDecimal(number.toString()).longValueExact();
    }

    int integer(String name) {
      return Math.toIntExact(whole(name));
    }

    Duration duration(String name) {
      return Duration.parse(text(name));
    }

    @Nullable Duration optionalDuration(String name) {
      return map.get(name) == null ? null : duration(name);
    }

    List<?> items(String name) {
      return field(name, List.class);
    }

    List<String> list(String name) {
      List<String> list = new ArrayList<>();
      items(name).forEach(item -> list.add((String) item));
      return list;
    }

    Map<String, String> texts(String name) {
      return map(name, value -> (String) value);
    }

    <V> Map<String, V> map(String name, Function<Object, V> form) {
      Map<String, V> result = new LinkedHashMap<>();
      Map<?, ?> fields = field(name, Map.class);
      fields.forEach((key, value) -> result.put((String) key, form.apply(value)));
      return result;
    }
  }
}
