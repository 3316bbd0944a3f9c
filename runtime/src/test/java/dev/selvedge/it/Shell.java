package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands as a person at a terminal does, in one directory and one environment. */
final class Shell {
  private static final long PATIENCE_MINUTES = 5;

  private final Path directory;
  private final Map<String, String> environment;

  /**
   * @param environment on top of the tests' own, without its {@code SELVEDGE_…}
   */
  Shell(Path directory, Map<String, String> environment) {
    this.directory = directory;
    this.environment = new HashMap<>(environment);
    this.environment.putIfAbsent("SELVEDGE_BUILD", "never");
    this.environment.putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
  }

  /** The same in another directory. */
  Shell in(String other) {
    return new Shell(directory.resolve(other), environment);
  }

  Path directory() {
    return directory;
  }

  /** Runs a command, which must succeed; returns what it printed, errors included. */
  String run(String... command) throws Exception {
    Result result = tryRun(command);
    assertEquals(0, result.code(), () -> String.join(" ", command) + "\n" + result.output());
    return result.output();
  }

  /** How a command ended, and what it printed. */
  record Result(int code, String output) {}

  Result tryRun(String... command) throws Exception {
    Path output = Files.createTempFile("selvedge-it-", ".out");
    try {
      Process process = start(output, command);
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        end(process);
      }
      assertTrue(!process.isAlive(), () -> String.join(" ", command) + " does not end");
      return new Result(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  /** Starts a command; the caller {@link #end ends} it. */
  Process start(Path output, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
    builder.environment().keySet().removeIf(key -> key.startsWith("SELVEDGE_"));
    builder.environment().putAll(environment);
    return builder
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .redirectInput(new File("/dev/null"))
        .start();
  }

  /** Ends a process and all that it started. */
  static void end(Process process) throws InterruptedException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.waitFor(30, TimeUnit.SECONDS);
  }
}
