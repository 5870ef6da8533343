package io.wherry.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SecretTest {
  static List<Secret> secrets() {
    return List.of(
        Secret.env("TOKEN"),
        Secret.file("/a b/c"),
        Secret.named("x.y:z"),
        Secret.workspace("key"),
        Secret.command("scontrol", "token"),
        Secret.command("sh", "-c", "echo 'it is' \\ \"x\"", "", " "));
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void the_text_form_reads_back(Secret secret) {
    assertThat(Secret.parse(secret.reference())).isEqualTo(secret);
  }

  @Test
  void a_plain_value_is_no_reference_and_is_not_repeated() {
    assertThatThrownBy(() -> Secret.parse("hunter2"))
        .hasMessageContaining("env:")
        .hasMessageNotContaining("hunter2");
  }
}
