package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.testing.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code selvedge dev --demo one-url} as a newcomer sees it, in a real browser. */
class OneUrlIT {
  @RegisterExtension final TestCluster cluster = new TestCluster();

  private final Ports ports = new Ports();
  private Chromium browser;
  private Process demo;
  private int port;
  private Path log;

  @BeforeEach
  void startTheDemo() throws Exception {
    Path program = Programs.require("chromium", Chromium.program());
    Programs.require("apache2", NodePackages.programOfTheSystem("apache2"));
    Programs.require("redis-server", NodePackages.program("redis-server"));
    Programs.require("nodejs", NodePackages.program("node"));
    Programs.require("npm", NodePackages.program("npm"));
    port = ports.free();
    log = cluster.directory().resolve("dev.log");
    demo =
        new Shell(cluster.directory(), Map.of())
            .start(
                log,
                TestNode.HOME.resolve("selvedge").toString(),
                "dev",
                "--demo",
                "one-url",
                "--port",
                "" + port,
                "--admin-port",
                "0",
                "--data",
                cluster.directory().resolve("data").toString());
    Eventually.within(
        Eventually.PATIENCE.multipliedBy(3),
        "the demo is ready",
        () -> !demo.isAlive() || Files.readString(log).contains("selvedge ready"));
    assertEquals(true, demo.isAlive(), () -> "the demo ended: " + log);
    browser = Chromium.start(program, cluster.directory());
  }

  @AfterEach
  void endTheDemo() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (demo != null) {
      Shell.end(demo);
    }
  }

  @Test
  void onePageShowsApacheTheSocketIoServersAndAFunctionUnderOneUrl() throws Exception {
    Tab ann = browser.tab();
    Tab bob = browser.tab();
    for (Tab tab : List.of(ann, bob)) {
      tab.open("http://localhost:" + port + "/");
      tab.awaitText("#site-state", "served");
      tab.awaitText("#site-changed", "GMT");
      tab.awaitText("#site-file", "A file that Apache httpd has served.");
      tab.awaitText("#io-state", "connected");
      tab.awaitText("#io-transport", "websocket");
      tab.awaitText("#deli-state", "connected by websocket");
    }

    ann.click("#io-say");
    bob.awaitText("#io-heard", "hello (by " + ann.text("#io-server") + ")");
    ann.click("#deli-take");
    ann.awaitText("#deli-number", "1");
    bob.click("#deli-next");
    ann.awaitText("#deli-number", "1: your turn!");
    bob.awaitText("#deli-serving", "1");
    ann.screenshot(Path.of("target", "screenshots", "one-url.png"));

    String server = bob.text("#io-server");
    bob.click("#io-again");
    bob.awaitText("#io-transport", "websocket");
    assertEquals(server, bob.text("#io-server"));
    assertEquals(List.of(), ann.complaints());
    assertEquals(List.of(), bob.complaints());
  }
}
