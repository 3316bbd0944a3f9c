package dev.selvedge.fabric;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;

/**
 * A node as this one sees it: what it was born with, and the latest record that it announced.
 * Immutable; {@link Membership} hands out a new one at each change.
 *
 * @param address host and cluster port, as {@code host:port}; {@code local} without a cluster
 * @param version the version of the Selvedge runtime
 * @param joinOrder smaller is older; the oldest node leads where one must
 * @param sections the node's announced record by section, each with one writer: the package that
 *     owns it ({@code node}: phase, client-url, admin-url; {@code load}; {@code deploy}; …)
 */
public record Node(
    NodeId id,
    Set<Role> roles,
    String address,
    String version,
    long joinOrder,
    Map<String, JsonObject> sections) {
  public Node {
    roles = Set.copyOf(roles);
    sections = Map.copyOf(sections);
  }

  /** A section of the record; empty if it was not announced yet. Do not modify. */
  public JsonObject section(String name) {
    return sections.getOrDefault(name, new JsonObject());
  }

  public boolean has(Role role) {
    return roles.contains(role);
  }
}
