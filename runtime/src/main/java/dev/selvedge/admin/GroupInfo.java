package dev.selvedge.admin;

import io.vertx.core.json.JsonObject;

/**
 * A group and the number of its members on all nodes.
 *
 * @param nodes how many nodes have members
 */
public record GroupInfo(String name, int members, int nodes) {
  JsonObject toJson() {
    return new JsonObject().put("name", name).put("members", members).put("nodes", nodes);
  }
}
