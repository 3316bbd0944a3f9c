package dev.selvedge.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command sees of the process that it runs in.
 *
 * @param workingDirectory what relative paths start from
 * @param home the user's home directory
 */
record Console(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Path workingDirectory,
    Path home) {
  /** A variable that is set to something. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** A path as the user wrote it. */
  Path resolve(String path) {
    return path.equals("~") || path.startsWith("~/")
        ? home.resolve(path.substring(Math.min(2, path.length())))
        : workingDirectory.resolve(path);
  }
}
