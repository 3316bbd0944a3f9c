package dev.selvedge.deploy;

import io.vertx.core.json.JsonObject;

/**
 * A version that the hosts are starting and that will serve once all of them are ready.
 *
 * @param attempt tells one rollout of a function from every other
 * @param coordinator the id of the node that runs the rollout
 * @param fresh whether the version is new: it is forgotten if it does not come to serve
 */
record Candidate(int version, int attempt, String coordinator, boolean fresh) {
  JsonObject toJson() {
    return new JsonObject()
        .put("version", version)
        .put("attempt", attempt)
        .put("coordinator", coordinator)
        .put("fresh", fresh);
  }

  static Candidate of(JsonObject json) {
    return new Candidate(
        json.getInteger("version"),
        json.getInteger("attempt"),
        json.getString("coordinator"),
        json.getBoolean("fresh"));
  }
}
