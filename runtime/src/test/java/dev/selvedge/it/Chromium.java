package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Chromium without a window, driven by its DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Process process;
  private final DevTools devTools;

  private Chromium(Process process, DevTools devTools) {
    this.process = process;
    this.devTools = devTools;
  }

  /** The program, if one is installed. */
  static Optional<Path> program() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts one that knows nothing of earlier ones.
   *
   * @param directory an existing directory for its profile and its log
   */
  static Chromium start(Path program, Path directory) throws Exception {
    Path profile = Files.createTempDirectory(directory, "profile-");
    List<String> command =
        List.of(
            program.toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("chromium.log").toFile())
            .start();
    try {
      return new Chromium(process, new DevTools(endpoint(process, profile)));
    } catch (Exception | AssertionError e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** The browser writes its port and its path into a file once it listens. */
  private static String endpoint(Process process, Path profile) throws Exception {
    Path file = profile.resolve("DevToolsActivePort");
    Eventually.until(
        "Chromium listens", () -> !process.isAlive() || Files.readAllLines(file).size() > 1);
    if (!process.isAlive()) {
      throw new IOException("Chromium ended with " + process.exitValue());
    }
    List<String> lines = Files.readAllLines(file);
    return "ws://127.0.0.1:" + lines.get(0) + lines.get(1);
  }

  /** An empty tab that shares no cookies and no storage with the others. */
  Tab tab() throws Exception {
    JsonObject context = devTools.command(null, "Target.createBrowserContext", new JsonObject());
    JsonObject target =
        devTools.command(
            null,
            "Target.createTarget",
            new JsonObject()
                .put("url", "about:blank")
                .put("width", 1000)
                .put("height", 760)
                .put("browserContextId", context.getString("browserContextId")));
    JsonObject attached =
        devTools.command(
            null,
            "Target.attachToTarget",
            new JsonObject().put("targetId", target.getString("targetId")).put("flatten", true));
    return new Tab(devTools, attached.getString("sessionId"));
  }

  @Override
  public void close() throws InterruptedException {
    devTools.close();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.waitFor(30, TimeUnit.SECONDS);
  }
}
