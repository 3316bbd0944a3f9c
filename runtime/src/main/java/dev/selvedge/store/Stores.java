package dev.selvedge.store;

import com.hazelcast.core.HazelcastInstance;
import dev.selvedge.config.ConfigException;
import dev.selvedge.fabric.ClusteredFabric;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.function.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/** The named stores of a node, all of one kind. Methods may be called on any thread. */
public interface Stores {
  /** Whether the stores can be used now; if not, {@code reason} says why, for people. */
  record Health(boolean ok, String reason) {
    static final Health OK = new Health(true, "ok");
  }

  /**
   * The store of that name; opening it twice gives the same content.
   *
   * @param name 1 to 64 of {@code [A-Za-z0-9_.-]}
   * @throws dev.selvedge.function.FunctionException code {@code bad-argument}
   */
  Store open(String name);

  /** For {@code /readyz}: answers at once, from what is known. */
  Health health();

  /** Writes what is still to be written and lets go of what is held. */
  Future<Void> close();

  /** Stores that live in this process. */
  static Stores memory(Vertx vertx) {
    return new MemoryStores(vertx);
  }

  /**
   * Stores in a Redis server. If it cannot be reached, the future completes all the same, and
   * {@link #health} says so: operations fail with {@link dev.selvedge.function.FunctionException}
   * code {@code store-unavailable} until it can.
   *
   * @param url {@code redis://[[user]:password@]host[:port][/database]}
   * @throws dev.selvedge.config.ConfigException if it is no such URL
   */
  static Future<Stores> redis(Vertx vertx, String url) {
    RedisLink link = new RedisLink(vertx, RedisAddress.of(url), RedisLink.Limits.DEFAULT);
    return link.start().map(tried -> new RedisStores(link));
  }

  /**
   * Stores in the memory of the cluster's nodes, each value on two of them. Completes when what
   * this node remembers on its disk is back in the cluster. Close them before the node leaves the
   * cluster.
   *
   * @param directory this node's own, for the journal of all stores of the cluster
   * @return fails if the directory cannot be used
   */
  static Future<Stores> hazelcast(Vertx vertx, HazelcastInstance cluster, Path directory) {
    return HazelcastStores.start(vertx, cluster, directory);
  }

  /**
   * Stores of the configured kind.
   *
   * @param kind {@code memory}, {@code hazelcast} or a {@code redis://} URL
   * @param directory as for {@link #hazelcast}
   * @throws ConfigException if there is no such kind, or it needs a cluster and there is none
   */
  static Future<Stores> open(String kind, Fabric fabric, Path directory) {
    if (kind.equals("memory")) {
      return Future.succeededFuture(memory(fabric.vertx()));
    }
    if (!kind.equals("hazelcast")) {
      return redis(fabric.vertx(), kind);
    }
    if (fabric instanceof ClusteredFabric clustered) {
      return hazelcast(fabric.vertx(), clustered.hazelcast(), directory);
    }
    throw new ConfigException("store", kind, "memory or redis://… on a node without a cluster");
  }
}
