package dev.selvedge.fabric;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import dev.selvedge.config.ConfigException;
import dev.selvedge.config.NodeConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Starts Hazelcast, then Vert.x on it, then the fabric on both. */
final class ClusterStart {
  private static final int BUS_CONNECT_MILLIS = 2_000;

  private ClusterStart() {}

  static Future<ClusteredFabric> start(
      NodeConfig node, String version, VertxOptions options, Transport sockets) {
    NodeId id = NodeId.random(new SecureRandom());
    options
        .getEventBusOptions()
        .setHost(node.clusterHost())
        .setPort(node.busPort())
        .setClusterPublicHost(node.clusterHost())
        .setConnectTimeout(BUS_CONNECT_MILLIS);
    Promise<HazelcastInstance> joined = Promise.promise();
    Thread starter = new Thread(() -> join(node, id, version, options, joined), "selvedge-join");
    starter.setDaemon(true);
    starter.start();
    return joined.future().compose(hazelcast -> open(node, hazelcast, options, sockets));
  }

  /** Blocks for a second or two. */
  private static void join(
      NodeConfig node,
      NodeId id,
      String version,
      VertxOptions options,
      Promise<HazelcastInstance> joined) {
    try {
      Config config = ClusterSettings.read(node);
      config.setInstanceName("selvedge-" + id);
      Member.describe(
          config.getMemberAttributeConfig(),
          id,
          roles(node),
          version,
          options.getEventLoopPoolSize());
      joined.complete(PresentPeers.join(config));
    } catch (RuntimeException e) {
      joined.fail(ClusterSettings.explain(e, node));
    }
  }

  private static Future<ClusteredFabric> open(
      NodeConfig node, HazelcastInstance hazelcast, VertxOptions options, Transport sockets) {
    return Vertx.builder()
        .with(options)
        .withTransport(sockets)
        .withClusterManager(new DirectAddresses(hazelcast))
        .buildClustered()
        .compose(vertx -> ClusteredFabric.open(vertx, hazelcast))
        .onFailure(e -> hazelcast.getLifecycleService().terminate())
        .recover(
            e ->
                Future.failedFuture(
                    e instanceof RuntimeException known
                        ? ClusterSettings.explain(known, node)
                        : ClusterSettings.explain(new IllegalStateException(e), node)));
  }

  private static Set<Role> roles(NodeConfig node) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : node.roles()) {
      try {
        roles.add(Role.valueOf(name.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        ConfigException unknown = new ConfigException("node.roles", name, "edge or host");
        unknown.initCause(e);
        throw unknown;
      }
    }
    return roles;
  }
}
