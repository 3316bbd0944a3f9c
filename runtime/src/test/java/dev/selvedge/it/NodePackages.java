package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The JavaScript of {@code src/test/node} with the packages that it names. */
final class NodePackages {
  private NodePackages() {}

  /** A program on the path. */
  static Optional<Path> program(String name) {
    return programs(name).stream().findFirst();
  }

  /** All of that name on the path, in its order. */
  static List<Path> programs(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .toList();
  }

  /** A server of the system, which may not be on the path. */
  static Optional<Path> programOfTheSystem(String name) {
    return program(name)
        .or(() -> Optional.of(Path.of("/usr/sbin", name)).filter(Files::isExecutable));
  }

  /** The tests' own scripts, with packages; returns their directory. */
  static Path install() throws Exception {
    return install(Path.of("src", "test", "node"), Path.of("target", "node").toAbsolutePath());
  }

  /**
   * Copies the files of a directory and fetches the packages that its lock file names, if they are
   * not there.
   */
  static Path install(Path sources, Path installed) throws Exception {
    Programs.require("nodejs", program("node"));
    Path npm = Programs.require("npm", program("npm"));
    Files.createDirectories(installed);
    try (Stream<Path> files = Files.list(sources)) {
      for (Path source : files.filter(Files::isRegularFile).toList()) {
        Path target = installed.resolve(source.getFileName());
        Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path stamp = installed.resolve("fetched.json");
    Path lock = installed.resolve("package-lock.json");
    if (!Files.exists(stamp) || Files.mismatch(stamp, lock) >= 0) {
      fetch(npm, installed);
      Files.copy(lock, stamp, StandardCopyOption.REPLACE_EXISTING);
    }
    return installed;
  }

  private static void fetch(Path npm, Path directory) throws Exception {
    Path log = directory.resolve("npm.log");
    Process process =
        new ProcessBuilder(List.of(npm.toString(), "ci", "--no-audit", "--no-fund"))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), "npm ci does not end");
    assertTrue(process.exitValue() == 0, () -> "npm ci failed: " + text(log));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
