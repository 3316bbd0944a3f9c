package dev.selvedge.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigException;
import dev.selvedge.config.ConfigLoader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartFailureTest {
  @TempDir Path directory;

  private Config config(int adminPort) {
    return new ConfigLoader(ConfigLoader.Mode.DEV, directory, directory, Map.of())
        .load(
            Optional.empty(),
            Map.of("edge.port", "0", "admin.port", Integer.toString(adminPort), "node.data", "d"));
  }

  @Test
  void aTakenAdminPortFailsTheStartAndNothingStaysBehind() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();

      ConfigException failure =
          assertThrows(
              ConfigException.class,
              () -> SelvedgeNode.start(config(port)).await(60, TimeUnit.SECONDS));

      assertEquals("admin.port", failure.key());
    }
    SelvedgeNode second = SelvedgeNode.start(config(0)).await(60, TimeUnit.SECONDS);
    second.stop(java.time.Duration.ofSeconds(1)).await(60, TimeUnit.SECONDS);
  }
}
