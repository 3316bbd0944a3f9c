package dev.selvedge.admin;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A class loader of a stopped version that is still reachable.
 *
 * @param suspects what probably holds it, in words
 */
public record LeakInfo(
    String node, String function, int version, Instant stoppedAt, String suspects) {
  /** As it travels between nodes and to operators. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("node", node)
        .put("function", function)
        .put("version", version)
        .put("stoppedAt", stoppedAt.toString())
        .put("suspects", suspects);
  }

  public static LeakInfo fromJson(JsonObject json) {
    return new LeakInfo(
        json.getString("node"),
        json.getString("function"),
        json.getInteger("version"),
        Instant.parse(json.getString("stoppedAt")),
        json.getString("suspects"));
  }
}
