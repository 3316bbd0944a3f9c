package dev.selvedge.node;

import dev.selvedge.config.Config;
import dev.selvedge.deploy.DeploySettings;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.store.Stores;
import io.vertx.core.Future;

/** The stores that a configuration asks for. */
final class NodeStores {
  private NodeStores() {}

  static Future<Stores> open(Config config, Fabric fabric) {
    return Stores.open(
        config.node().store(), fabric, DeploySettings.of(config).own().resolve("store"));
  }

  /** {@code memory}, {@code hazelcast} or {@code redis}. */
  static String kind(Config config) {
    String store = config.node().store();
    int colon = store.indexOf(':');
    return colon < 0 ? store : "redis";
  }
}
