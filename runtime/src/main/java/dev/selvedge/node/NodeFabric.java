package dev.selvedge.node;

import dev.selvedge.config.Config;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Fabrics;
import io.vertx.core.Future;
import java.util.function.UnaryOperator;

/** The fabric that a configuration asks for. */
final class NodeFabric {
  private NodeFabric() {}

  static Future<Fabric> open(Config config) {
    if (!config.node().clustered()) {
      return Future.succeededFuture(Fabrics.local(version(), UnaryOperator.identity()));
    }
    return Fabrics.clustered(config.node(), version(), UnaryOperator.identity())
        .map(Fabric.class::cast);
  }

  /** The version of this runtime, from its jar; {@code dev} when it runs from classes. */
  static String version() {
    String version = NodeFabric.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
