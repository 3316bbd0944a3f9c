package dev.selvedge.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the admin API asks of the router: definitions, which are the cluster's, and what the members
 * do, on all nodes together. As for {@link Operations}: on the admin server's event loop, without
 * blocking. A definition that is wrong fails with {@code bad-definition}, a name that is not there
 * with {@code no-such-pool}, {@code no-such-route}, {@code no-such-listener} or {@code
 * no-such-member}; a change completes when the node that was asked follows it and has it on its
 * disk.
 */
public interface RouterOperations {
  /** All routes in the order in which they are tried, those of functions included. */
  Future<List<RouteInfo>> routes();

  /** Adds a route; fails with {@code route-exists}, or {@code no-such-pool} if it leads to none. */
  Future<JsonObject> addRoute(JsonObject route);

  /** Adds a route or replaces the one of that name. */
  Future<JsonObject> putRoute(String name, JsonObject route);

  Future<Void> removeRoute(String name);

  /** All pools by name, with what their members do. */
  Future<List<PoolInfo>> pools();

  Future<PoolInfo> pool(String name);

  /** Defines a pool, or replaces its definition; what is connected stays. */
  Future<PoolInfo> putPool(String name, JsonObject pool);

  /** Fails with {@code pool-in-use} while a route or a listener leads to it. */
  Future<Void> removePool(String name);

  /**
   * Adds a member; fails with {@code member-exists}.
   *
   * @param member its address, or a section with it
   */
  Future<PoolInfo> addMember(String pool, Object member);

  /**
   * Changes some of a member's settings.
   *
   * @param changes those keys of its section that are to change
   */
  Future<PoolInfo> changeMember(String pool, String member, JsonObject changes);

  /** What is connected to it stays until it ends. */
  Future<PoolInfo> removeMember(String pool, String member);

  /**
   * Closes the tunnels of a member on all nodes, each at a random time within the spread.
   *
   * @param spread empty: as the pool says
   * @return how many there were
   */
  Future<Integer> closeMember(String pool, String member, Optional<Duration> spread);

  /** The listeners of layer 4 by name. */
  Future<List<JsonObject>> listeners();

  Future<JsonObject> putListener(String name, JsonObject listener);

  Future<Void> removeListener(String name);
}
