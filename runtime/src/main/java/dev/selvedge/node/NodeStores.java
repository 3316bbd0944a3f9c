package dev.selvedge.node;

import dev.selvedge.config.Config;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.store.Stores;
import io.vertx.core.Future;

/** The stores that a configuration asks for. */
final class NodeStores {
  private NodeStores() {}

  static Future<Stores> open(Config config, Fabric fabric) {
    return switch (kind(config)) {
      case "redis" -> Stores.redis(fabric.vertx(), config.node().store());
      default -> Future.succeededFuture(Stores.memory(fabric.vertx()));
    };
  }

  /** {@code memory}, {@code hazelcast} or {@code redis}. */
  static String kind(Config config) {
    String store = config.node().store();
    int colon = store.indexOf(':');
    return colon < 0 ? store : "redis";
  }
}
