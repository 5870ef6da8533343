package io.wherry.internal.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wherry.spec.Secret;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretResolverTest {
  @TempDir Path folder;
  private SecretResolver secrets;

  @BeforeEach
  void resolver() {
    secrets =
        new SecretResolver(
            Map.of("api", "s3cret")::get,
            new GeneratedSecrets(folder.resolve("secrets")),
            Duration.ofSeconds(5));
  }

  private BackendException refusal(Secret secret) {
    return catchThrowableOfType(BackendException.class, () -> secrets.resolve(secret));
  }

  @Test
  void each_kind_of_reference_gives_its_value() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "from file\n");
    assertThat(secrets.resolve(Secret.named("api"))).isEqualTo("s3cret");
    assertThat(secrets.resolve(Secret.file(file.toString()))).isEqualTo("from file");
    assertThat(secrets.resolve(Secret.env("PATH"))).isEqualTo(System.getenv("PATH"));
    assertThat(secrets.resolve(Secret.command("printf", "%s\\n", "made"))).isEqualTo("made");
  }

  @Test
  void a_generated_key_stays_the_same_and_only_its_owner_can_read_it()
      throws BackendException, IOException {
    String key = secrets.resolve(Secret.workspace("a/../b"));
    assertThat(key).hasSize(43).isEqualTo(secrets.resolve(Secret.workspace("a/../b")));
    assertThat(secrets.resolve(Secret.workspace("other"))).isNotEqualTo(key);
    try (var files = Files.list(folder.resolve("secrets"))) {
      assertThat(files)
          .hasSize(2)
          .allSatisfy(
              f ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(f)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void what_cannot_be_resolved_is_refused_with_the_reference() {
    assertThat(refusal(Secret.named("nope")))
        .hasMessageContaining("named:nope")
        .extracting(BackendException::kind)
        .isEqualTo(Kind.UNAUTHORIZED);
    assertThat(refusal(Secret.file("/no/such/file"))).hasMessageContaining("file:/no/such/file");
    assertThat(refusal(Secret.env("NO_SUCH_VARIABLE_9"))).hasMessageContaining("there is no such");
  }

  @Test
  void a_failing_command_shows_neither_its_output_nor_a_value() {
    assertThat(refusal(Secret.command("sh", "-c", "echo leaked; exit 3")))
        .hasMessageContaining("exit code 3")
        .hasMessageContaining("command:sh -c");
    assertThat(refusal(Secret.command("/no/such/program"))).hasMessageContaining("could not be");
  }

  @Test
  void a_command_that_hangs_is_ended() {
    secrets = new SecretResolver(n -> null, new GeneratedSecrets(folder), Duration.ofMillis(200));
    assertThat(refusal(Secret.command("sleep", "60"))).hasMessageContaining("did not end");
  }
}
