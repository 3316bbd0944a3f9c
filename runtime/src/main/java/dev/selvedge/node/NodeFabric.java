package dev.selvedge.node;

import dev.selvedge.config.Config;
import dev.selvedge.config.ConfigException;
import dev.selvedge.config.NodeConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Fabrics;
import io.vertx.core.Future;
import java.util.function.UnaryOperator;

/** The fabric that a configuration asks for. */
final class NodeFabric {
  private NodeFabric() {}

  static Future<Fabric> open(Config config) {
    NodeConfig node = config.node();
    try {
      return node.clustered()
          ? Fabrics.clustered(node, version(), UnaryOperator.identity()).map(Fabric.class::cast)
          : Future.succeededFuture(
              Fabrics.local(node.transport(), version(), UnaryOperator.identity()));
    } catch (ConfigException unusable) {
      return Future.failedFuture(unusable);
    }
  }

  /** The version of this runtime, from its jar; {@code dev} when it runs from classes. */
  static String version() {
    String version = NodeFabric.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
