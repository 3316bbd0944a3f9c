package dev.selvedge.cli;

import dev.selvedge.config.Config;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Runs commands in this process, in a directory that is home too, and keeps what they print. */
final class Shell {
  /** How a command ended. */
  record Result(int exitCode, String out, String err) {}

  private final Path directory;
  private final Map<String, String> environment;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  Shell(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = environment;
  }

  Console console() {
    return new Console(stream(out), stream(err), environment, directory, directory);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /** Starts no node: says what it was asked to start. */
  NodeStarter starter() {
    return this::refuse;
  }

  private NodeStarter.RunningNode refuse(Config config) {
    throw new IllegalStateException("asked to start " + config.node());
  }

  Result run(String... args) {
    out.reset();
    err.reset();
    int exitCode = Selvedge.run(console(), starter(), args);
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
