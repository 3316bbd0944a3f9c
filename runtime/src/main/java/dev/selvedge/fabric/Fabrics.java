package dev.selvedge.fabric;

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
   * @param version of the Selvedge runtime
   * @param options what to change in the options of the Vert.x that is made: two event loops for
   *     each core, the native transport where there is one
   */
  public static Fabric local(String version, UnaryOperator<VertxOptions> options) {
    Vertx vertx = Vertx.vertx(options.apply(options()));
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
   */
  public static Future<ClusteredFabric> clustered(
      NodeConfig node, String version, UnaryOperator<VertxOptions> options) {
    return ClusterStart.start(node, version, options.apply(options()));
  }

  private static VertxOptions options() {
    return new VertxOptions().setPreferNativeTransport(true);
  }
}
