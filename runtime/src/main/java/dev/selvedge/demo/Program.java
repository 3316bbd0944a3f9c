package dev.selvedge.demo;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program of the system that a demonstration uses.
 *
 * @param names under which it may be installed
 * @param install what to say to who has not got it
 */
record Program(List<String> names, String install) {
  static final Program APACHE =
      new Program(List.of("apache2", "httpd"), "Debian: apt install apache2; macOS has it");
  static final Program NODE = new Program(List.of("node", "nodejs"), "Debian: apt install nodejs");
  static final Program NPM = new Program(List.of("npm"), "Debian: apt install npm");
  static final Program REDIS =
      new Program(List.of("redis-server"), "Debian: apt install redis-server");

  /** Where servers are installed, though not on every user's path. */
  private static final List<String> MORE = List.of("/usr/sbin", "/usr/local/sbin");

  /** The directories where programs are looked for. */
  static List<Path> searched(Map<String, String> environment) {
    List<String> path = List.of(environment.getOrDefault("PATH", "").split(":"));
    return Stream.concat(path.stream(), MORE.stream()).map(Path::of).toList();
  }

  /** As {@link #find(List)}; says what to install if there is none. */
  Optional<Path> find(List<Path> directories, String part, PrintStream say) {
    Optional<Path> found = find(directories);
    if (found.isEmpty()) {
      say.println("demo: without " + part + ": no " + names.get(0) + " (" + install + ")");
    }
    return found;
  }

  Optional<Path> find(List<Path> directories) {
    return names.stream()
        .flatMap(name -> directories.stream().map(directory -> directory.resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
