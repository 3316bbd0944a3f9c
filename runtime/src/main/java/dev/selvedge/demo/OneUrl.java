package dev.selvedge.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code selvedge dev --demo one-url}: an Apache site at {@code /}, two Node Socket.IO servers at
 * {@code /socket.io}, and the sample functions, all under the node's one URL. A part whose programs
 * are not installed is left out, and it is said what to install.
 *
 * <p>Blocks; for one thread.
 */
public final class OneUrl implements AutoCloseable {
  public static final String NAME = "one-url";

  private final WorkFiles files;
  private final List<Path> programs;
  private final PrintStream say;
  private final List<Child> children = new ArrayList<>();
  private final StringBuilder pools = new StringBuilder();
  private final StringBuilder routes = new StringBuilder();

  private OneUrl(Path directory, List<Path> programs, PrintStream say) {
    this.files = new WorkFiles(NAME, directory.toAbsolutePath());
    this.programs = programs;
    this.say = say;
  }

  /**
   * Starts what is installed.
   *
   * @param directory of the demo; kept, so that a second start need not fetch packages again
   * @param environment where programs are looked for ({@code PATH})
   * @param say told what is missing
   * @throws IOException if a part that is installed does not start
   */
  public static OneUrl start(Path directory, Map<String, String> environment, PrintStream say)
      throws IOException, InterruptedException {
    return start(directory, Program.searched(environment), say);
  }

  static OneUrl start(Path directory, List<Path> programs, PrintStream say)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    OneUrl demo = new OneUrl(directory, programs, say);
    try {
      demo.startSite();
      demo.startSocketIo();
    } catch (IOException | InterruptedException | RuntimeException failed) {
      demo.close();
      throw failed;
    }
    return demo;
  }

  private void startSite() throws IOException, InterruptedException {
    Optional<Path> program = find(Program.APACHE, "the Apache site at /");
    if (program.isPresent()) {
      Child site = Apache.start(program.get(), files);
      children.add(site);
      site.awaitListening();
      add("site", "/", List.of(site));
    }
  }

  private void startSocketIo() throws IOException, InterruptedException {
    String part = "the Socket.IO servers at /socket.io";
    Optional<Path> node = find(Program.NODE, part);
    Optional<Path> npm = find(Program.NPM, part);
    Optional<Path> redis = find(Program.REDIS, part);
    if (node.isPresent() && npm.isPresent() && redis.isPresent()) {
      say.println("demo: starting the Socket.IO servers; the first time fetches their packages");
      SocketIoServers servers = new SocketIoServers(node.get(), npm.get(), redis.get(), files);
      add("socket-io", "/socket.io", servers.start(children));
    }
  }

  private Optional<Path> find(Program program, String part) {
    return program.find(programs, part, say);
  }

  private void add(String pool, String path, List<Child> members) {
    pools.append("  ").append(pool).append(":\n    members:\n");
    members.forEach(member -> pools.append("      - ").append(member.address()).append('\n'));
    routes.append("  - path: ").append(path).append("\n    pool: ").append(pool).append('\n');
  }

  /** Writes the node's configuration: the pools and routes of what was started. */
  public Path configuration() throws IOException {
    String text = pools.isEmpty() ? "" : "pools:\n" + pools + "routes:\n" + routes;
    return Files.writeString(files.directory().resolve("selvedge.yaml"), text);
  }

  /** Ends what was started, the last first. */
  @Override
  public void close() {
    List<Child> lastFirst = new ArrayList<>(children);
    Collections.reverse(lastFirst);
    lastFirst.forEach(Child::close);
    children.clear();
  }
}
