package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Two Node servers with the official Socket.IO that share a Redis, as they run in the demo: named
 * {@code ann} and {@code bob}.
 */
final class SocketIoServers implements AutoCloseable {
  private static final Path DEMO = Path.of("src", "main", "resources", "demo", "one-url");
  private static final Path INSTALLED = Path.of("target", "demo-one-url").toAbsolutePath();
  static final List<String> NAMES = List.of("ann", "bob");

  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Path directory;

  private SocketIoServers(Path directory) {
    this.directory = directory;
  }

  /**
   * @param directory for the logs
   */
  static SocketIoServers start(Path directory) throws Exception {
    Path redis = Programs.require("redis-server", NodePackages.program("redis-server"));
    Path packages = NodePackages.install(DEMO, INSTALLED);
    SocketIoServers servers = new SocketIoServers(directory);
    Ports free = new Ports();
    try {
      int store = free.free();
      servers.launch(
          "redis",
          store,
          directory,
          List.of(redis.toString(), "--port", "" + store, "--bind", "127.0.0.1", "--save", ""));
      for (String name : NAMES) {
        int port = free.free();
        servers.launch(
            name, port, packages, List.of("node", "server.js", name, "" + port, "" + store));
      }
    } catch (Exception | AssertionError failed) {
      servers.close();
      throw failed;
    }
    return servers;
  }

  private void launch(String name, int port, Path workingDirectory, List<String> command)
      throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log(name).toFile())
            .start();
    processes.put(name, process);
    ports.put(name, port);
    Eventually.until(name + " listens", () -> !process.isAlive() || listens(port));
    assertTrue(process.isAlive(), () -> name + " ended: " + text(log(name)));
  }

  private Path log(String name) {
    return directory.resolve(name + ".log");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static boolean listens(int port) throws IOException {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    }
  }

  /** The servers' addresses, {@code host:port}. */
  List<String> addresses() {
    return NAMES.stream().map(name -> "127.0.0.1:" + ports.get(name)).toList();
  }

  /** SIGKILL. */
  void kill(String name) throws InterruptedException {
    Process process = processes.get(name);
    process.destroyForcibly();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), name + " does not die");
  }

  @Override
  public void close() throws InterruptedException {
    for (Process process : processes.values()) {
      process.destroyForcibly();
      process.waitFor(30, TimeUnit.SECONDS);
    }
  }
}
