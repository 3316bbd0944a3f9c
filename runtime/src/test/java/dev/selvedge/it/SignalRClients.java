package dev.selvedge.it;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Official SignalR clients for Node, all in one process, which says what they see. */
final class SignalRClients implements AutoCloseable {
  private final Process process;
  private final BlockingQueue<JsonObject> lines = new LinkedBlockingQueue<>();

  /**
   * @param arguments of {@code signalr-clients.js}
   */
  SignalRClients(String url, String... arguments) throws Exception {
    Path packages = NodePackages.install();
    List<String> command = new ArrayList<>(List.of("node", "signalr-clients.js", url));
    command.addAll(List.of(arguments));
    process =
        new ProcessBuilder(command)
            .directory(packages.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread reader = new Thread(this::read, "signalr-clients");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = out.readLine()) != null) {
        lines.add(new JsonObject(line));
      }
    } catch (IOException ended) {
      // The process is gone, and with it what it would have said.
    }
  }

  /** What they say next. */
  JsonObject next() throws InterruptedException {
    JsonObject line = lines.poll(180, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError(
          "the clients say nothing; their process is alive: " + process.isAlive());
    }
    return line;
  }

  @Override
  public void close() throws Exception {
    process.getOutputStream().close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
