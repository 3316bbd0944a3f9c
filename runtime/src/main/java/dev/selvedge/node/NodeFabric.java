package dev.selvedge.node;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigException;
import dev.selvedge.config.NodeConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Fabrics;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.util.function.UnaryOperator;

/** The fabric that a configuration asks for. */
final class NodeFabric {
  private NodeFabric() {}

  static Future<Fabric> open(Config config) {
    NodeConfig node = config.node();
    try {
      return node.clustered()
          ? Fabrics.clustered(node, version(), loops(node)).map(Fabric.class::cast)
          : Future.succeededFuture(Fabrics.local(node.transport(), version(), loops(node)));
    } catch (ConfigException unusable) {
      return Future.failedFuture(unusable);
    }
  }

  private static UnaryOperator<VertxOptions> loops(NodeConfig node) {
    return node.eventLoops() == 0
        ? UnaryOperator.identity()
        : options -> options.setEventLoopPoolSize(node.eventLoops());
  }

  /** The version of this runtime, from its jar; {@code dev} when it runs from classes. */
  static String version() {
    String version = NodeFabric.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
