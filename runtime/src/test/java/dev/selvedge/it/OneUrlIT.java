package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code selvedge dev --demo one-url} as a newcomer sees it, in a real browser. */
class OneUrlIT {
  @RegisterExtension final TestCluster cluster = new TestCluster();

  private Demo demo;

  @BeforeEach
  void startTheDemo() throws Exception {
    Programs.require("apache2", NodePackages.programOfTheSystem("apache2"));
    Programs.require("redis-server", NodePackages.program("redis-server"));
    demo = Demo.start("one-url", cluster.directory());
  }

  @AfterEach
  void endTheDemo() throws Exception {
    if (demo != null) {
      demo.close();
    }
  }

  @Test
  void onePageShowsApacheTheSocketIoServersAndAFunctionUnderOneUrl() throws Exception {
    Tab ann = demo.tab();
    Tab bob = demo.tab();
    for (Tab tab : List.of(ann, bob)) {
      tab.open("http://localhost:" + demo.port() + "/");
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
