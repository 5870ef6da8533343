package io.wherry.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpecCodecTest {
  private static final String ODD = " \"'\\\n\t\u0000\ud83d ä 漢 \ud83d\ude80 {trees} $(x) ";
  private static final Digest A = new Digest("a".repeat(64));
  private static final Digest B = new Digest("0123456789abcdef".repeat(4));

  private static final RunSpec FULL =
      new RunSpec(
          "penguins",
          "hpc",
          new Program.Java(
              "org.example.Train$Main",
              List.of(
                  new Content.Blob(A, "lib ä.jar"),
                  new Content.Tree(B),
                  new Content.InPlace("/opt/x.jar")),
              List.of("-Xmx4g", ODD),
              List.of("", ODD)),
          new Content.Tree(A),
          ordered("z", "1", "a", ODD, "", ""),
          inputs(),
          new LinkedHashSet<>(List.of("model", "a report", ODD)),
          ordered("PATH", ODD, "A", ""),
          secrets(),
          new Resources(4, Long.MAX_VALUE, 3, 2),
          7,
          8,
          Duration.ofHours(2).plusNanos(1),
          Duration.ofMillis(1),
          Duration.ofSeconds(Long.MAX_VALUE),
          -5,
          new RetryPolicy(3, Set.of(Cause.NODE_LOST, Cause.PREEMPTED), Set.of(75, -1, 255)),
          ordered("team", "birds", ODD, ODD),
          ODD,
          ordered("slurm.qos", "high"));

  @Test
  void a_spec_with_everything_comes_back_as_it_was() {
    RunSpec back = SpecCodec.readRunSpec(SpecCodec.write(FULL));

    assertThat(back).isEqualTo(FULL);
    assertThat(List.copyOf(back.params().keySet())).containsExactly("z", "a", "");
    assertThat(List.copyOf(back.outputs())).containsExactly("model", "a report", ODD);
  }

  @Test
  void a_spec_with_nothing_optional_comes_back_as_it_was() {
    RunSpec bare =
        new RunSpec(
            "hello",
            "local",
            new Program.Command(List.of("echo", ODD, "")),
            null,
            Map.of(),
            Map.of(),
            Set.of(),
            Map.of(),
            Map.of(),
            Resources.DEFAULT,
            1,
            1,
            null,
            null,
            Duration.ZERO,
            0,
            RetryPolicy.NONE,
            Map.of(),
            null,
            Map.of());

    assertThat(SpecCodec.readRunSpec(SpecCodec.write(bare))).isEqualTo(bare);
  }

  @Test
  void the_text_form_says_its_version_and_never_a_secrets_value() {
    assertThat(SpecCodec.write(FULL))
        .startsWith("{\"version\":1,")
        .contains("\"A\":\"env:HOME\"")
        .contains("\"timeLimit\":\"PT2H0.000000001S\"");
  }

  @Test
  void a_newer_version_is_refused_with_the_next_step() {
    String newer = SpecCodec.write(FULL).replace("{\"version\":1,", "{\"version\":2,");

    assertThatThrownBy(() -> SpecCodec.readRunSpec(newer))
        .isInstanceOf(NewerVersionException.class)
        .hasMessage("run spec has version 2, this Wherry reads up to 1 -> update Wherry");
  }

  @Test
  void fields_that_are_not_known_are_ignored() {
    String later =
        SpecCodec.write(FULL).replace("{\"version\":1,", "{\"version\":1,\"x\":{\"y\":[]},");

    assertThat(SpecCodec.readRunSpec(later)).isEqualTo(FULL);
  }

  @Test
  void what_is_no_spec_is_refused_by_the_name_of_the_field() {
    assertThatThrownBy(() -> SpecCodec.readRunSpec("{\"version\":1,\"retry\":{},\"resources\":{}}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("run spec: name is missing");
    assertThatThrownBy(() -> SpecCodec.readRunSpec("[]"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_target_comes_back_as_it_was() {
    TargetSpec spec = TargetSpec.of("slurm", Map.of("url", "http://x:6820", "token", ODD));

    assertThat(SpecCodec.readTargetSpec(SpecCodec.write(spec))).isEqualTo(spec);
  }

  @Test
  void capabilities_come_back_as_they_were() {
    Capabilities capabilities =
        new Capabilities(
            Set.of(Feature.GANG, Feature.GPU),
            List.of(new NodeSize("big " + ODD, 64, 1L << 40, 8, 100)),
            Duration.ofMillis(250),
            Duration.ofMinutes(1),
            Map.of("why", ODD));

    assertThat(SpecCodec.readCapabilities(SpecCodec.write(capabilities))).isEqualTo(capabilities);
  }

  @Test
  void features_of_a_later_version_are_left_out() {
    Capabilities capabilities =
        new Capabilities(
            Set.of(Feature.GPU), List.of(), Duration.ofSeconds(1), Duration.ofSeconds(2), Map.of());
    String later = SpecCodec.write(capabilities).replace("[\"GPU\"]", "[\"GPU\",\"TELEPATHY\"]");

    assertThat(SpecCodec.readCapabilities(later)).isEqualTo(capabilities);
  }

  @Test
  void content_comes_back_as_it_was() {
    for (Content content :
        List.of(new Content.Blob(A, ODD), new Content.Tree(B), new Content.InPlace(ODD))) {
      assertThat(SpecCodec.readContent(SpecCodec.write(content))).isEqualTo(content);
    }
  }

  private static Map<String, Content> inputs() {
    Map<String, Content> inputs = new LinkedHashMap<>();
    inputs.put("data", new Content.Blob(B, ODD));
    inputs.put("tree", new Content.Tree(A));
    inputs.put(ODD, new Content.InPlace("penguins:3"));
    return inputs;
  }

  private static Map<String, Secret> secrets() {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    secrets.put("A", Secret.env("HOME"));
    secrets.put("B", Secret.file("/run/secrets/a b"));
    secrets.put("C", Secret.command("scontrol", "token", "", "it's", "a b\\c\n"));
    secrets.put("D", Secret.named("penguins.api-key"));
    secrets.put("E", Secret.workspace("gateway"));
    return secrets;
  }

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
