package dev.selvedge.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A pool.
 *
 * @param definition with the keys of {@code selvedge.yaml}
 * @param source as for routes
 * @param waiting clients that wait for any of its members, on all nodes
 */
public record PoolInfo(
    String name, JsonObject definition, String source, long waiting, List<PoolMemberInfo> members) {
  public PoolInfo {
    members = List.copyOf(members);
  }

  public JsonObject toJson() {
    JsonArray live = new JsonArray();
    members.forEach(member -> live.add(member.toJson()));
    return new JsonObject()
        .put("name", name)
        .put("definition", definition)
        .put("source", source)
        .put("waiting", waiting)
        .put("members", live);
  }
}
