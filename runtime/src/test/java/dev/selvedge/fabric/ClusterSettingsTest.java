package dev.selvedge.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.config.NetworkConfig;
import dev.selvedge.config.ConfigException;
import dev.selvedge.config.IoTransport;
import dev.selvedge.config.NodeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSettingsTest {
  private static NodeConfig node(String host, List<String> join, Path file) {
    return new NodeConfig(
        List.of("edge"),
        IoTransport.AUTO,
        0,
        Path.of("unused"),
        "127.0.0.1",
        0,
        true,
        host,
        5_799,
        0,
        join,
        Optional.ofNullable(file),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "hazelcast");
  }

  @Test
  void theShippedFileMakesAPrivateImpatientCluster() {
    Config config = ClusterSettings.read(node("127.0.0.1", List.of(), null));
    NetworkConfig network = config.getNetworkConfig();

    assertEquals("6", config.getProperty("hazelcast.max.no.heartbeat.seconds"));
    assertEquals("0", config.getProperty("hazelcast.wait.seconds.before.join"));
    assertEquals("false", config.getProperty("hazelcast.phone.home.enabled"));
    assertEquals(5_799, network.getPort());
    assertFalse(network.isPortAutoIncrement());
    assertEquals(List.of("127.0.0.1"), List.copyOf(network.getInterfaces().getInterfaces()));
    assertEquals(1, config.findMapConfig("anything").getBackupCount());
  }

  @Test
  void peersToJoinReplaceThoseOfTheFile() {
    Config config =
        ClusterSettings.read(node("127.0.0.1", List.of("127.0.0.1:6001", "localhost:6002"), null));

    assertTrue(config.getNetworkConfig().getJoin().getTcpIpConfig().isEnabled());
    assertEquals(
        List.of("127.0.0.1:6001", "localhost:6002"),
        config.getNetworkConfig().getJoin().getTcpIpConfig().getMembers());
  }

  @Test
  void whatCannotBeUsedIsNamed(@TempDir Path directory) throws Exception {
    Path broken = Files.writeString(directory.resolve("broken.xml"), "<hazelcast");

    refused(
        "cluster.join: no.such.invalid:1 (expected",
        node("127.0.0.1", List.of("no.such.invalid:1"), null));
    refused("cluster.host: 192.0.2.1 (expected", node("192.0.2.1", List.of(), null));
    refused("cluster.host: 0.0.0.0 (expected", node("0.0.0.0", List.of(), null));
    refused("cluster.file: " + broken + " (expected", node("127.0.0.1", List.of(), broken));
    Path missing = directory.resolve("missing.xml");
    refused("cluster.file: " + missing + " (expected", node("127.0.0.1", List.of(), missing));
  }

  private static void refused(String start, NodeConfig node) {
    ConfigException failure = assertThrows(ConfigException.class, () -> ClusterSettings.read(node));
    assertTrue(failure.getMessage().startsWith(start), failure.getMessage());
  }
}
