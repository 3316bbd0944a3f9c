package dev.selvedge.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code selvedge dev --demo rooms}: the samples whose pages load the client libraries of Socket.IO
 * and SignalR, with these libraries, unmodified, from npm. They are deployed as copies; the samples
 * as they were built have none. Without npm they are deployed as they are, and it is said what to
 * install.
 */
public final class Rooms {
  public static final String NAME = "rooms";

  /** Where the pages expect a library, and where it is in its package. */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "web/lib/socket.io.min.js", "node_modules/socket.io-client/dist/socket.io.min.js",
          "web/lib/signalr.min.js", "node_modules/@microsoft/signalr/dist/browser/signalr.min.js");

  private static final List<String> SAMPLES =
      List.of("rooms.jar", "signalr-chat.jar", "socketio-chat.jar");

  private Rooms() {}

  /**
   * Fetches the libraries and makes the copies. Blocks.
   *
   * @param directory of the demo; kept, so that a second start need not fetch packages again
   * @param functions what would be deployed without the demo
   * @param environment where programs are looked for ({@code PATH})
   * @param say told what is missing
   * @return what to deploy: {@code functions}, with the copies in place of the samples
   * @throws IOException if npm cannot fetch the packages; names its log
   */
  public static List<Path> prepare(
      Path directory, List<Path> functions, Map<String, String> environment, PrintStream say)
      throws IOException, InterruptedException {
    return prepare(directory, functions, Program.searched(environment), say);
  }

  static List<Path> prepare(
      Path directory, List<Path> functions, List<Path> programs, PrintStream say)
      throws IOException, InterruptedException {
    String part = "the clients of Socket.IO and SignalR";
    Optional<Path> node = Program.NODE.find(programs, part, say);
    Optional<Path> npm = Program.NPM.find(programs, part, say);
    if (node.isEmpty() || npm.isEmpty()) {
      return functions;
    }
    Path home = Files.createDirectories(directory.toAbsolutePath());
    say.println("demo: the first time fetches the clients of Socket.IO and SignalR");
    new NpmPackages(npm.get(), new WorkFiles(NAME, home)).fetch();
    Map<String, Path> libraries = new TreeMap<>();
    LIBRARIES.forEach((name, file) -> libraries.put(name, home.resolve(file)));
    List<Path> deployed = new ArrayList<>();
    for (Path function : functions) {
      deployed.add(isSample(function) ? copy(function, home, libraries) : function);
    }
    return deployed;
  }

  private static boolean isSample(Path function) {
    return SAMPLES.contains(String.valueOf(function.getFileName()))
        && Files.isRegularFile(function);
  }

  private static Path copy(Path function, Path home, Map<String, Path> libraries)
      throws IOException {
    Path copy = home.resolve(function.getFileName());
    JarCopy.write(function, copy, libraries);
    return copy;
  }
}
