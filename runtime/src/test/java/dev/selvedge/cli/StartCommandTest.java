package dev.selvedge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCommandTest {
  @TempDir Path directory;

  private Shell.Result run(Map<String, String> environment, String... args) {
    return new Shell(directory, environment).run(args);
  }

  @AfterEach
  void giveTheLogBack() throws Exception {
    java.util.logging.LogManager.getLogManager().readConfiguration();
  }

  @Test
  void flagsReachTheNode() {
    Shell.Result result =
        run(
            Map.of("SELVEDGE_ADMIN_PORT", "1"),
            "start",
            "--admin-port=7002",
            "--cluster-host=10.0.0.7",
            "--cluster-port=7003",
            "--join=10.0.0.5:5701,10.0.0.6:5701",
            "--data=d",
            "--role=edge",
            "--store=memory");

    assertEquals(1, result.exitCode());
    assertEquals(
        "selvedge: asked to start NodeConfig[roles=[edge] data="
            + directory.resolve("d")
            + " admin=127.0.0.1:7002 cluster=10.0.0.7:7003"
            + " join=[10.0.0.5:5701, 10.0.0.6:5701] store=memory]",
        result.err().strip());
  }

  @Test
  void aStartThatFailsSaysSoInOneLine() {
    Shell.Result result = run(Map.of(), "start");

    assertEquals(1, result.err().lines().count(), result.err());
    assertFalse(result.err().contains("\tat "), result.err());
    assertTrue(run(Map.of(), "start", "--verbose").err().contains("\tat "));
  }

  @Test
  void aBadConfigurationExitsWithTwoAndNamesItsPlace() throws Exception {
    assertEquals(2, run(Map.of(), "start", "--port", "99999").exitCode());
    assertEquals(
        "selvedge: edge.port (command line): 99999 (expected: 0..65535)",
        run(Map.of(), "start", "--port", "99999").err().strip());

    Files.writeString(directory.resolve("other.yaml"), "edge:\n  prot: 1\n");
    assertTrue(
        run(Map.of("SELVEDGE_CONFIG", "other.yaml"), "start")
            .err()
            .contains("edge.prot (other.yaml:2): 1"));
    assertTrue(run(Map.of(), "dev", "--config", "none.yaml").err().contains("none.yaml"));
    assertTrue(run(Map.of("SELVEDGE_LOG", "loud"), "start").err().contains("loud"));
  }

  @Test
  void devRefusesAPathThatIsNotThere() {
    Shell.Result result = run(Map.of(), "dev", "no-such-thing");

    assertEquals(2, result.exitCode());
    assertTrue(result.err().contains("no-such-thing"), result.err());
  }
}
