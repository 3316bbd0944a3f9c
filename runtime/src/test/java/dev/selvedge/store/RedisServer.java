package dev.selvedge.store;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real Redis server in a process of its own, which can be killed, frozen and started again on the
 * same port with the data that it had. Its binary comes with the build; where that cannot run, from
 * {@code redis-server} on the path.
 */
public final class RedisServer implements AutoCloseable {
  private static final Map<String, String> BUNDLED =
      Map.of(
          "linux-amd64", "redis-server-6.2.6-v5-linux-amd64",
          "linux-aarch64", "redis-server-6.2.7-linux-arm64",
          "mac os x-x86_64", "redis-server-6.2.6-v5-darwin-amd64",
          "mac os x-aarch64", "redis-server-6.2.6-v5-darwin-arm64");

  private static final Pattern VERSION = Pattern.compile("v=([0-9]+)");

  private final String binary;
  private final Path directory;
  private final int port;
  private Process process;

  private RedisServer(String binary, Path directory, int port) {
    this.binary = binary;
    this.directory = directory;
    this.port = port;
  }

  /** A server that runs; the test is skipped where none can, or fails where none may be skipped. */
  public static RedisServer start(Path directory) throws IOException {
    return start(directory, 6);
  }

  /** The same, of that major version at least; what comes with the build is a 6. */
  public static RedisServer start(Path directory, int version) throws IOException {
    Optional<String> binary = version > 6 ? installed(version) : binary(directory);
    if (binary.isEmpty()) {
      String words = "no Redis server runs here: install redis-server (or libssl3 for the bundled)";
      return "true".equals(System.getenv("SELVEDGE_TEST_ALL")) ? fail(words) : abort(words);
    }
    RedisServer server = new RedisServer(binary.get(), directory, freePort());
    server.restart();
    return server;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Ends the process without a word, as a crash does. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again, on the same port and data, and waits until it serves. */
  public void restart() throws IOException {
    process =
        new ProcessBuilder(
                binary,
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--appendonly",
                "yes",
                "--save",
                "")
            .redirectErrorStream(true)
            .start();
    awaitReady(process.inputReader());
  }

  /** The process stays and its sockets stay, but it does nothing. */
  public void freeze() throws IOException {
    signal("STOP");
  }

  public void thaw() throws IOException {
    signal("CONT");
  }

  @Override
  public void close() {
    kill();
  }

  private void signal(String name) throws IOException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
        .inheritIO()
        .start()
        .onExit()
        .join();
  }

  private void awaitReady(BufferedReader lines) throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.append(line).append('\n');
      if (line.contains("eady to accept connections")) {
        Thread drain = new Thread(() -> lines.lines().forEach(more -> {}), "redis-output");
        drain.setDaemon(true);
        drain.start();
        return;
      }
    }
    throw new IOException("redis-server ended: " + said);
  }

  private static Optional<String> binary(Path directory) throws IOException {
    String platform =
        (System.getProperty("os.name") + "-" + System.getProperty("os.arch")).toLowerCase();
    String bundled = BUNDLED.get(platform);
    if (bundled != null) {
      try (InputStream bytes = RedisServer.class.getResourceAsStream("/" + bundled)) {
        Path file = directory.resolve("redis-server");
        if (bytes != null) {
          Files.copy(bytes, file);
        }
        if (file.toFile().setExecutable(true) && runs(file.toString())) {
          return Optional.of(file.toString());
        }
      }
    }
    return runs("redis-server") ? Optional.of("redis-server") : Optional.empty();
  }

  private static Optional<String> installed(int version) {
    Matcher found = VERSION.matcher(versionOf("redis-server"));
    return found.find() && Integer.parseInt(found.group(1)) >= version
        ? Optional.of("redis-server")
        : Optional.empty();
  }

  private static boolean runs(String binary) {
    return versionOf(binary).contains("Redis");
  }

  /** What a binary says of itself; empty if it does not run. */
  private static String versionOf(String binary) {
    try {
      Process version =
          new ProcessBuilder(List.of(binary, "--version")).redirectErrorStream(true).start();
      String said = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ran = version.waitFor(60, TimeUnit.SECONDS) && version.exitValue() == 0;
      return ran ? said : "";
    } catch (IOException missing) {
      return "";
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** One that no client's socket is given while the server is down. */
  private static int freePort() throws IOException {
    for (int attempt = 0; ; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (IOException taken) {
        if (attempt == 100) {
          throw taken;
        }
      }
    }
  }
}
