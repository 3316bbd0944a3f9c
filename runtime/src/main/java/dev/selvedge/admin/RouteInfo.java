package dev.selvedge.admin;

import io.vertx.core.json.JsonObject;

/**
 * A route.
 *
 * @param definition with the keys of {@code selvedge.yaml}
 * @param source {@code file}, {@code edited} (was in a file and was changed since), {@code
 *     run-time}, {@code function} (from a manifest) or {@code own}
 */
public record RouteInfo(JsonObject definition, String source) {
  public JsonObject toJson() {
    return definition.copy().put("source", source);
  }
}
