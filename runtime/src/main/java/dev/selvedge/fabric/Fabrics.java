package dev.selvedge.fabric;

import dev.selvedge.config.IoTransport;
import dev.selvedge.config.NodeConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Opens fabrics. */
public final class Fabrics {
  private Fabrics() {}

  /**
   * A fabric of this node alone, with all roles. Loads no class of Hazelcast.
   *
   * @param transport of its sockets
   * @param version of the Selvedge runtime
   * @param options what to change in the options of the Vert.x that is made: two event loops for
   *     each core
   * @throws dev.selvedge.config.ConfigException if this machine has no such transport
   */
  public static Fabric local(
      IoTransport transport, String version, UnaryOperator<VertxOptions> options) {
    Vertx vertx =
        Vertx.builder()
            .with(options.apply(new VertxOptions()))
            .withTransport(Sockets.of(transport))
            .build();
    NodeId id = NodeId.random(new SecureRandom());
    return new LocalFabric(
        vertx, new Node(id, Set.of(Role.values()), "local", version, 0, Map.of()));
  }

  /**
   * Joins the cluster that {@code node} describes, or begins one. The first snapshot of the
   * membership is there when the future completes; it does so on any thread.
   *
   * @param version of the Selvedge runtime
   * @param options as for {@link #local}; the event bus is bound to the cluster's host
   * @return fails with a {@link dev.selvedge.config.ConfigException} if the configuration cannot be
   *     used: a port that is taken, a host that is not this machine's, a peer that is no address
   * @throws dev.selvedge.config.ConfigException if this machine has no such transport
   */
  public static Future<ClusteredFabric> clustered(
      NodeConfig node, String version, UnaryOperator<VertxOptions> options) {
    return ClusterStart.start(
        node, version, options.apply(new VertxOptions()), Sockets.of(node.transport()));
  }
}
