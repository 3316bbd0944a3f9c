package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One node in a process of its own, started by the launcher. Its ports and its data directory stay
 * the same over restarts.
 */
final class TestNode {
  /** Where the source tree is; set by the build. */
  static final Path HOME = Path.of(System.getProperty("selvedge.home", "..")).toAbsolutePath();

  private static final int TAIL_LINES = 60;

  private final String name;
  private final Path data;
  private final Path log;
  private final int clientPort;
  private final int adminPort;
  private final int clusterPort;
  private final Admin admin;
  private final Map<String, String> environment;
  private Process process;

  TestNode(String name, Path directory, Ports ports, Map<String, String> environment) {
    this.name = name;
    this.data = directory.resolve(name + "-data");
    this.log = directory.resolve(name + ".log");
    this.clientPort = ports.free();
    this.adminPort = ports.free();
    this.clusterPort = ports.free();
    this.environment = environment;
    this.admin = new Admin(adminPort, () -> token(environment));
  }

  private String token(Map<String, String> environment) {
    String given = environment.get("SELVEDGE_TOKEN");
    if (given != null) {
      return given;
    }
    try {
      return Files.readString(data.resolve("token")).strip();
    } catch (IOException e) {
      throw new IllegalStateException("node " + name + " has no token yet", e);
    }
  }

  /** Starts the process; returns at once. */
  void start(List<String> join, List<String> flags) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(HOME.resolve("selvedge").toString(), "start", "--host", "127.0.0.1"));
    command.addAll(List.of("--port", "" + clientPort, "--admin-port", "" + adminPort));
    command.addAll(List.of("--cluster-port", "" + clusterPort));
    command.addAll(List.of("--join", String.join(",", join), "--data", data.toString()));
    command.addAll(flags);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(key -> key.startsWith("SELVEDGE_"));
    builder.environment().put("SELVEDGE_BUILD", "never");
    builder.environment().put("SELVEDGE_JAVA_OPTS", "-Xmx256m");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.redirectInput(new File("/dev/null"));
    process = builder.start();
  }

  /** Waits until the node says that it serves what the catalog wants. */
  TestNode awaitReady() throws InterruptedException {
    Eventually.until("node " + name + " is ready", this::isReady);
    return this;
  }

  boolean isReady() throws Exception {
    assertTrue(process.isAlive(), () -> "node " + name + " ended: " + tail());
    return admin.isReady();
  }

  String name() {
    return name;
  }

  Admin admin() {
    return admin;
  }

  /** The node's id in the cluster; the node must be ready. */
  String id() throws Exception {
    return admin.self().getString("id");
  }

  int clientPort() {
    return clientPort;
  }

  int adminPort() {
    return adminPort;
  }

  /** Where peers join it, {@code host:port}. */
  String clusterAddress() {
    return "127.0.0.1:" + clusterPort;
  }

  Path data() {
    return data;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "node " + name + " does not die");
  }

  /** SIGTERM; returns at once. */
  void terminate() {
    process.destroy();
  }

  /** Waits for the end of the process; returns its exit code. */
  int awaitExit() throws InterruptedException {
    assertTrue(
        process.waitFor(120, TimeUnit.SECONDS), () -> "node " + name + " does not end: " + tail());
    return process.exitValue();
  }

  /** SIGSTOP: the node says nothing and hears nothing, but its sockets stay. */
  void freeze() throws Exception {
    signal("STOP");
  }

  /** SIGCONT. */
  void thaw() throws Exception {
    signal("CONT");
  }

  private void signal(String signal) throws Exception {
    run(List.of("kill", "-" + signal, "" + pid()));
  }

  /** Runs {@code jcmd} on the node; returns what it printed. */
  String jcmd(String... command) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    words.add("" + pid());
    words.addAll(List.of(command));
    return run(words);
  }

  private static String run(List<String> command) throws Exception {
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(child.waitFor(30, TimeUnit.SECONDS), () -> command + " does not end");
    assertTrue(child.exitValue() == 0, () -> command + " failed: " + output);
    return output;
  }

  /** The end of the node's log. */
  String tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      int from = Math.max(0, lines.size() - TAIL_LINES);
      return "\n--- " + log + "\n" + String.join("\n", lines.subList(from, lines.size())) + "\n";
    } catch (IOException e) {
      return "\n--- " + log + ": " + e.getMessage() + "\n";
    }
  }
}
