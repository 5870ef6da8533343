package io.wherry.local;

import io.wherry.spec.TargetSpec;
import io.wherry.spi.BackendProvider;
import io.wherry.testkit.BackendContract;
import io.wherry.testkit.BackendFixture;
import io.wherry.testkit.MarkedProcesses;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The contract on real processes of this machine. */
class LocalContractTest extends BackendContract {
  @TempDir Path slots;

  @Override
  protected BackendFixture fixture() {
    return new BackendFixture() {
      @Override
      public BackendProvider provider() {
        return new LocalProvider();
      }

      @Override
      public TargetSpec target() {
        return TargetSpec.of("local", Map.of("slots", "8", "slotFolder", slots.toString()));
      }

      @Override
      public List<String> processes(String mark) {
        return MarkedProcesses.alive(mark);
      }
    };
  }
}
