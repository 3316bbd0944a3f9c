package dev.selvedge.admin;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A callback that blocked an event loop.
 *
 * @param millis how long it had blocked when it was last seen
 * @param where the top of its stack, one frame a line
 */
public record StallInfo(
    String node, String function, int version, Instant at, long millis, String where) {
  /** As it travels between nodes and to operators. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("node", node)
        .put("function", function)
        .put("version", version)
        .put("at", at.toString())
        .put("millis", millis)
        .put("where", where);
  }

  public static StallInfo fromJson(JsonObject json) {
    return new StallInfo(
        json.getString("node"),
        json.getString("function"),
        json.getInteger("version"),
        Instant.parse(json.getString("at")),
        json.getLong("millis"),
        json.getString("where"));
  }
}
