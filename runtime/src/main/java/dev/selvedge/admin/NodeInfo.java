package dev.selvedge.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A node as operators see it.
 *
 * @param address where peers reach it, {@code host:port}; {@code local} without a cluster
 * @param version of the runtime
 * @param phase {@code starting}, {@code ready}, {@code draining}, …
 * @param clientUrl where clients connect; empty for a node without the role {@code edge}
 * @param sessions sessions that its edge owns
 * @param self whether it is the node that answers
 */
public record NodeInfo(
    String id,
    List<String> roles,
    String address,
    String version,
    String phase,
    String clientUrl,
    String adminUrl,
    int sessions,
    boolean leader,
    boolean self) {
  public NodeInfo {
    roles = List.copyOf(roles);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("id", id)
        .put("roles", new JsonArray(roles))
        .put("address", address)
        .put("version", version)
        .put("phase", phase)
        .put("clientUrl", clientUrl)
        .put("adminUrl", adminUrl)
        .put("sessions", sessions)
        .put("leader", leader)
        .put("self", self);
  }
}
