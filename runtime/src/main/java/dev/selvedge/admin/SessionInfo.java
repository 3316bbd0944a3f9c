package dev.selvedge.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session as operators see it.
 *
 * @param version of the function that serves it now; 0 if it is not bound
 * @param node whose edge owns it
 * @param host the node whose instance serves it; empty if it is not bound
 * @param principal who the client proved to be, or null
 */
public record SessionInfo(
    String id,
    String function,
    int version,
    String protocol,
    String transport,
    String node,
    String host,
    List<String> groups,
    String remoteAddress,
    @Nullable String principal,
    Instant openedAt) {
  public SessionInfo {
    groups = List.copyOf(groups);
  }

  /** As it travels between nodes and to operators. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("id", id)
        .put("function", function)
        .put("version", version)
        .put("protocol", protocol)
        .put("transport", transport)
        .put("node", node)
        .put("host", host)
        .put("groups", new JsonArray(groups))
        .put("remoteAddress", remoteAddress)
        .put("principal", principal)
        .put("openedAt", openedAt.toString());
  }

  public static SessionInfo fromJson(JsonObject json) {
    return new SessionInfo(
        json.getString("id"),
        json.getString("function"),
        json.getInteger("version"),
        json.getString("protocol"),
        json.getString("transport"),
        json.getString("node"),
        json.getString("host"),
        json.getJsonArray("groups").stream().map(String::valueOf).toList(),
        json.getString("remoteAddress"),
        json.getString("principal"),
        Instant.parse(json.getString("openedAt")));
  }
}
