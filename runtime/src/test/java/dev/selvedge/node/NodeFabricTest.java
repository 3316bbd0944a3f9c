package dev.selvedge.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigException;
import dev.selvedge.config.ConfigLoader;
import dev.selvedge.fabric.Fabric;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFabricTest {
  @TempDir Path directory;

  private Config config(String loops) {
    return new ConfigLoader(ConfigLoader.Mode.DEV, directory, directory, Map.of())
        .load(Optional.empty(), Map.of("node.event-loops", loops));
  }

  private int lanes(String loops) throws Exception {
    Fabric fabric = NodeFabric.open(config(loops)).await(60, TimeUnit.SECONDS);
    int lanes = fabric.lanes().size();
    fabric.close().await(60, TimeUnit.SECONDS);
    return lanes;
  }

  @Test
  void aNodeHasTheEventLoopsItIsGivenElseTwoForEachCore() throws Exception {
    assertEquals(3, lanes("3"));
    assertEquals(2 * Runtime.getRuntime().availableProcessors(), lanes("0"));
  }

  @Test
  void anImpossibleNumberIsNamed() {
    ConfigException failure = assertThrows(ConfigException.class, () -> config("-1"));

    assertEquals("node.event-loops (command line)", failure.key());
  }
}
