package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code selvedge cache} makes, in an installation: the launcher, the jar, a sample. */
class CacheIT {
  /** The JVM ends if it cannot use its cache. */
  private static final String CACHE_OR_NOTHING =
      Runtime.version().feature() >= 25 ? "-XX:AOTMode=on" : "-Xshare:on";

  @TempDir private Path directory;

  @BeforeEach
  void install() throws IOException {
    Files.createDirectory(directory.resolve("functions"));
    copy("selvedge", "selvedge");
    copy("runtime/target/selvedge.jar", "selvedge.jar");
    copy("functions/echo/target/echo.jar", "functions/echo.jar");
  }

  private void copy(String from, String to) throws IOException {
    Files.copy(TestNode.HOME.resolve(from), directory.resolve(to));
  }

  private Shell shell(String options) {
    return new Shell(
        directory,
        Map.of(
            "SELVEDGE_JAVA_OPTS",
            options,
            "SELVEDGE_EDGE_PORT",
            "0",
            "SELVEDGE_ADMIN_PORT",
            "0",
            "SELVEDGE_DATA",
            directory.resolve("data").toString()));
  }

  /** A node with these options of the JVM; what it printed until it was ready, or ended. */
  private String starts(String options) throws Exception {
    Path output = directory.resolve("output");
    Process node = shell(options).start(output, "./selvedge", "dev");
    try {
      Eventually.until(
          "ready or over",
          () -> !node.isAlive() || Files.readString(output).contains("selvedge ready"));
      return Files.readString(output);
    } finally {
      Shell.end(node);
    }
  }

  @Test
  void aNodeStartsFromTheCacheUntilTheJarIsAnother() throws Exception {
    String told = shell("").run("./selvedge", "cache");

    Path cache = directory.resolve("selvedge-" + Runtime.version().feature() + ".cache");
    assertEquals(cache.toRealPath().toString(), told.lines().reduce((a, b) -> b).orElse(""));
    assertTrue(Files.size(cache) > 1_000_000);
    String cached = starts(CACHE_OR_NOTHING + " -Xlog:class+load:file=loaded.log");
    assertTrue(cached.contains("selvedge ready"), cached);
    assertTrue(fromCache(directory.resolve("loaded.log")));

    Files.setLastModifiedTime(
        directory.resolve("selvedge.jar"), FileTime.from(Instant.now().plusSeconds(10)));
    String plain = starts("-Xlog:class+load:file=loaded.log");
    assertTrue(plain.contains("selvedge ready"), plain);
    assertFalse(fromCache(directory.resolve("loaded.log")));
  }

  /** Whether the node's own classes came from a cache. */
  private static boolean fromCache(Path log) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines
          .filter(line -> line.contains("dev.selvedge.node.SelvedgeNode source:"))
          .anyMatch(line -> line.contains("shared objects file"));
    }
  }
}
