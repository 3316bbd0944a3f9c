package dev.selvedge.cli;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code selvedge start}: a node of a cluster. */
@Command(
    name = "start",
    description = "Start a node, which joins its cluster; runs until it is told to stop.",
    footer = "SIGTERM and Ctrl-C drain the node; a second one ends it at once.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  private final NodeStarter starter;

  @Mixin private final NodeOptions options;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      split = ",",
      description = "edge (takes clients), host (runs functions). Default: both")
  private String @Nullable [] roles;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      split = ",",
      description = "Cluster addresses of nodes to join. Default: as cluster.xml says")
  private String @Nullable [] join;

  @Option(
      names = "--cluster-host",
      paramLabel = "HOST",
      description = "Where peers reach this node. Default: 127.0.0.1")
  private @Nullable String clusterHost;

  @Option(names = "--cluster-port", paramLabel = "PORT", description = "Default: 5701")
  private @Nullable String clusterPort;

  @Option(
      names = "--bus-port",
      paramLabel = "PORT",
      description = "TCP port of the event bus. Default: any free one")
  private @Nullable String busPort;

  StartCommand(Console console, NodeStarter starter) {
    this.options = new NodeOptions(console);
    this.starter = starter;
  }

  @Override
  public Integer call() throws Exception {
    options.set("node.roles", joined(roles));
    options.set("cluster.join", joined(join));
    options.set("cluster.host", clusterHost);
    options.set("cluster.port", clusterPort);
    options.set("cluster.bus-port", busPort);
    Logging.configure(options.console(), options.verbose());
    Config config = options.load(ConfigLoader.Mode.START);
    return new NodeProcess(options.console(), options.grace())
        .run(starter, config, node -> () -> {});
  }

  private static @Nullable String joined(String @Nullable [] values) {
    return values == null ? null : String.join(",", values);
  }
}
