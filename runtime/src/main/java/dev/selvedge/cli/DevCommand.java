package dev.selvedge.cli;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigLoader;
import dev.selvedge.demo.OneUrl;
import dev.selvedge.demo.Rooms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code selvedge dev}: one node for a developer, with functions that follow their jars. */
@Command(
    name = "dev",
    description = {
      "Start a single node on this machine, without a cluster, with its store in memory, and deploy functions to it.",
      "A function whose jar or classes change is deployed again; its clients stay connected."
    },
    mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
  private final NodeStarter starter;

  @Mixin private final NodeOptions options;

  @Option(
      names = "--demo",
      paramLabel = "NAME",
      description =
          "Show what Selvedge can do: one-url starts an Apache site and two Socket.IO servers, if they are installed, and serves them beside the samples;"
              + " rooms gives the samples the client libraries of Socket.IO and SignalR, from npm")
  private @Nullable String demo;

  @Parameters(
      paramLabel = "DIR-OR-JAR",
      description =
          "Jars, directories of jars, Maven projects, or directories of classes. Default: the samples")
  private List<String> paths = List.of();

  DevCommand(Console console, NodeStarter starter) {
    this.options = new NodeOptions(console);
    this.starter = starter;
  }

  @Override
  public Integer call() throws Exception {
    Console console = options.console();
    Logging.configure(console, options.verbose());
    if (demo == null) {
      return run(watched());
    }
    return switch (demo) {
      case OneUrl.NAME -> runOneUrl();
      case Rooms.NAME -> runRooms();
      default ->
          throw CommandException.usage(
              "--demo: " + demo + " (expected: " + OneUrl.NAME + " or " + Rooms.NAME + ")");
    };
  }

  private int runOneUrl() throws Exception {
    Console console = options.console();
    try (OneUrl started =
        OneUrl.start(demoDirectory(OneUrl.NAME), console.environment(), console.err())) {
      options.config(started.configuration());
      return run(watched());
    }
  }

  private int runRooms() throws Exception {
    Console console = options.console();
    List<Path> functions = new ArrayList<>();
    for (Path path : watched()) {
      functions.addAll(Deployables.in(path));
    }
    return run(
        Rooms.prepare(demoDirectory(Rooms.NAME), functions, console.environment(), console.err()));
  }

  private Path demoDirectory(String name) {
    return options.load(ConfigLoader.Mode.DEV).node().data().resolve("demo/" + name);
  }

  private List<Path> watched() throws IOException {
    return paths.isEmpty() ? samples() : given();
  }

  private int run(List<Path> watched) throws Exception {
    Config config = options.load(ConfigLoader.Mode.DEV);
    forgetEarlierRuns(config.node().data().resolve("dev/catalog"));
    forgetEarlierRuns(config.node().data().resolve("dev/router"));
    return new NodeProcess(options.console(), options.grace())
        .run(starter, config, node -> HotSwap.begin(options.console(), node, watched));
  }

  /** What runs is what was named now, not what another run had deployed. */
  private static void forgetEarlierRuns(Path registers) throws IOException {
    if (Files.isDirectory(registers)) {
      try (Stream<Path> entries = Files.list(registers)) {
        for (Path entry : entries.toList()) {
          Files.delete(entry);
        }
      }
    }
  }

  private List<Path> given() {
    List<Path> given = paths.stream().map(options.console()::resolve).toList();
    for (Path path : given) {
      if (!Files.exists(path)) {
        throw CommandException.usage("no file or directory " + path);
      }
    }
    return given;
  }

  /** The sample functions: those of the source tree, or those beside the jar. */
  private List<Path> samples() throws IOException {
    String home =
        options.console().variable("SELVEDGE_HOME").orElse(System.getProperty("selvedge.home", ""));
    Path functions = options.console().resolve(home).resolve("functions");
    if (home.isEmpty() || !Files.isDirectory(functions)) {
      options
          .console()
          .err()
          .println("selvedge: no functions given, and no samples found beside the launcher");
      return List.of();
    }
    return Deployables.in(functions);
  }
}
