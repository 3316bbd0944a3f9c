package dev.selvedge.admin;

import io.vertx.core.json.JsonObject;

/** A member of a group; {@code meta} is what it joined with, empty if it joined without. */
public record MemberInfo(String session, JsonObject meta) {
  JsonObject toJson() {
    return new JsonObject().put("session", session).put("meta", meta);
  }
}
