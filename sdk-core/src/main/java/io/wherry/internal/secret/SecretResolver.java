package io.wherry.internal.secret;

import io.wherry.spec.Secret;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns references into values, anew at each call. No value is kept, logged or put into a message.
 * Thread-safe.
 */
public final class SecretResolver {
  private static final int MAX_BYTES = 1024 * 1024;

  private final Function<String, @Nullable String> named;
  private final GeneratedSecrets generated;
  private final Duration timeout;

  /**
   * Makes a resolver.
   *
   * @param named the source of {@link Secret#named}; gives null for a name that it does not know
   * @param generated the keys of the workspace
   * @param timeout how long a command may take
   */
  public SecretResolver(
      Function<String, @Nullable String> named, GeneratedSecrets generated, Duration timeout) {
    this.named = named;
    this.generated = generated;
    this.timeout = timeout;
  }

  /**
   * The value behind a reference.
   *
   * @throws BackendException {@code UNAUTHORIZED} if there is none; the message names the reference
   */
  public String resolve(Secret secret) throws BackendException {
    try {
      String value = value(secret);
      if (value == null) {
        throw refused(secret, "there is no such value", null);
      }
      return value;
    } catch (IOException e) {
      throw refused(secret, e.getClass().getSimpleName(), e);
    }
  }

  private @Nullable String value(Secret secret) throws IOException, BackendException {
    if (secret instanceof Secret.Env env) {
      return System.getenv(env.variable());
    }
    if (secret instanceof Secret.Named name) {
      return named.apply(name.name());
    }
    if (secret instanceof Secret.File file) {
      return chomp(Files.readString(Path.of(file.path())));
    }
    if (secret instanceof Secret.Command command) {
      return chomp(output(command));
    }
    return generated.get(((Secret.Generated) secret).name());
  }

  private String output(Secret.Command secret) throws IOException, BackendException {
    Process process =
        new ProcessBuilder(secret.argv())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    FutureTask<byte[]> reading = new FutureTask<>(() -> read(process.getInputStream()));
    Thread reader = new Thread(reading, "wherry-secret");
    reader.setDaemon(true);
    reader.start();
    try {
      byte[] bytes = reading.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw refused(secret, "the command did not end within " + timeout.toSeconds() + " s", null);
      }
      if (process.exitValue() != 0) {
        throw refused(secret, "the command ended with exit code " + process.exitValue(), null);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (TimeoutException e) {
      throw refused(secret, "the command did not end within " + timeout.toSeconds() + " s", null);
    } catch (ExecutionException e) {
      throw refused(secret, "its output could not be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(secret, "interrupted", null);
    } finally {
      process.destroyForcibly();
    }
  }

  private static byte[] read(InputStream in) throws IOException {
    return in.readNBytes(MAX_BYTES);
  }

  private static String chomp(String text) {
    if (text.endsWith("\r\n")) {
      return text.substring(0, text.length() - 2);
    }
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private static BackendException refused(Secret secret, String why, @Nullable Throwable cause) {
    return new BackendException(
        Kind.UNAUTHORIZED,
        "secret "
            + secret.reference()
            + " could not be resolved: "
            + why
            + " -> make it available and try again",
        cause);
  }
}
