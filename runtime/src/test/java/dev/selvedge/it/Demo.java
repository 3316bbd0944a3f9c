package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@code selvedge dev --demo …} as a newcomer starts it, and a real browser to look at it. */
final class Demo implements AutoCloseable {
  private final Process process;
  private final Chromium browser;
  private final int port;

  private Demo(Process process, Chromium browser, int port) {
    this.process = process;
    this.browser = browser;
    this.port = port;
  }

  /**
   * Returns when it is ready; skips the test if Chromium, Node.js or npm are missing.
   *
   * @param name of the demonstration
   */
  static Demo start(String name, Path directory) throws Exception {
    Path chromium = Programs.require("chromium", Chromium.program());
    Programs.require("nodejs", NodePackages.program("node"));
    Programs.require("npm", NodePackages.program("npm"));
    int port = new Ports().free();
    Path log = directory.resolve("dev.log");
    Process process =
        new Shell(directory, Map.of())
            .start(
                log,
                TestNode.HOME.resolve("selvedge").toString(),
                "dev",
                "--demo",
                name,
                "--port",
                "" + port,
                "--admin-port",
                "0",
                "--data",
                directory.resolve("data").toString());
    try {
      Eventually.within(
          Eventually.PATIENCE.multipliedBy(3),
          "the demo is ready",
          () -> !process.isAlive() || Files.readString(log).contains("selvedge ready"));
      assertTrue(process.isAlive(), () -> "the demo ended: " + log);
      return new Demo(process, Chromium.start(chromium, directory), port);
    } catch (Exception | AssertionError failed) {
      Shell.end(process);
      throw failed;
    }
  }

  Tab tab() throws Exception {
    return browser.tab();
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws Exception {
    browser.close();
    Shell.end(process);
  }
}
