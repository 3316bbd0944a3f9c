package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process of {@code src/test/node/redis/peers.js} in one of its roles, which runs code given to
 * it.
 */
final class NodeScript implements AutoCloseable {
  private static final Path SOURCES = Path.of("src", "test", "node", "redis");
  private static final Path INSTALLED = Path.of("target", "node-redis").toAbsolutePath();

  private final Process process;
  private final BufferedWriter commands;
  private final List<JsonObject> events = new CopyOnWriteArrayList<>();
  private final Map<Integer, CompletableFuture<JsonObject>> open = new ConcurrentHashMap<>();
  private final CompletableFuture<JsonObject> ready = new CompletableFuture<>();
  private final AtomicInteger last = new AtomicInteger();

  private NodeScript(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "node-script");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts it and waits until it is ready. */
  static NodeScript start(String... role) throws Exception {
    List<String> command = new ArrayList<>(List.of("node", "peers.js"));
    command.addAll(List.of(role));
    NodeScript script =
        new NodeScript(
            new ProcessBuilder(command)
                .directory(NodePackages.install(SOURCES, INSTALLED).toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    try {
      script.ready.get(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception | AssertionError failed) {
      script.close();
      throw failed;
    }
    return script;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = lines.readLine()) != null) {
        JsonObject said = new JsonObject(line);
        if (said.containsKey("ready")) {
          ready.complete(said);
        } else if (said.containsKey("id")) {
          open.remove(said.getInteger("id")).complete(said);
        } else {
          events.add(said);
        }
      }
    } catch (IOException ended) {
      // The process is gone; whoever waits for it says so.
    }
    ready.completeExceptionally(new IOException("node peers.js has ended"));
    open.values().forEach(one -> one.completeExceptionally(new IOException("node has ended")));
  }

  /** Runs the body of an async function; returns its value. */
  Object run(String code) throws Exception {
    int id = last.incrementAndGet();
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    open.put(id, answer);
    synchronized (commands) {
      commands.write(new JsonObject().put("id", id).put("code", code).encode() + "\n");
      commands.flush();
    }
    JsonObject said = answer.get(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertTrue(said.containsKey("value"), () -> code + ": " + said.getString("error"));
    return said.getValue("value");
  }

  /** What it has printed besides: {@code client}, {@code event}, {@code args} each. */
  List<JsonObject> events() {
    return List.copyOf(events);
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly();
    process.waitFor(30, TimeUnit.SECONDS);
  }
}
