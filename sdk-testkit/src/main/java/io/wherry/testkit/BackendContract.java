package io.wherry.testkit;

import io.wherry.spi.BackendException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every backend must do. A backend's author extends it with one method:
 *
 * <pre>{@code
 * final class MyBackendTest extends BackendContract {
 *   @Override
 *   protected BackendFixture fixture() {
 *     return new MyFixture();
 *   }
 * }
 * }</pre>
 *
 * <p>The tests are independent of each other, use a workspace of their own on the engine and leave
 * nothing there. Their programs are POSIX sh, so that the engine needs a shell and nothing else. A
 * feature that the backend does not declare is tested for being refused. Only tests that need the
 * fixture's help to disturb the engine are skipped without it, with that reason.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class BackendContract {
  private Bench bench;

  /** For subclasses. */
  protected BackendContract() {}

  /** The backend under test; asked before each test. */
  protected abstract BackendFixture fixture();

  @BeforeEach
  final void openBench(@TempDir Path folder) {
    bench = new Bench(fixture(), folder);
  }

  @AfterEach
  final void closeBench() throws BackendException {
    bench.close();
  }

  @Nested
  final class Planning extends PlanningGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Staging extends StagingGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Launching extends LaunchingGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Idempotency extends IdempotencyGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Observing extends ObservingGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Attempts extends AttemptsGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Ranks extends RanksGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Streams extends StreamsGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Stopping extends StoppingGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Limits extends LimitsGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Collecting extends CollectingGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Secrets extends SecretsGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Releasing extends ReleasingGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Reattach extends ReattachGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }

  @Nested
  final class Declaring extends DeclaringGroup {
    @Override
    Bench bench() {
      return bench;
    }
  }
}
