package dev.selvedge.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;

/**
 * A page of a list of sessions, ordered by id.
 *
 * @param more whether there are others after the last one
 */
public record SessionPage(List<SessionInfo> sessions, boolean more) {
  public SessionPage {
    sessions = List.copyOf(sessions);
  }

  /** The first {@code limit} of what several edges answered to the same query. */
  public static SessionPage merge(List<SessionPage> parts, int limit) {
    List<SessionInfo> all =
        parts.stream()
            .flatMap(part -> part.sessions().stream())
            .sorted(Comparator.comparing(SessionInfo::id))
            .toList();
    boolean more = all.size() > limit || parts.stream().anyMatch(SessionPage::more);
    return new SessionPage(all.subList(0, Math.min(limit, all.size())), more);
  }

  /** As it travels between nodes and to operators. */
  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("items", new JsonArray(sessions.stream().map(SessionInfo::toJson).toList()));
    return more ? json.put("next", sessions.get(sessions.size() - 1).id()) : json;
  }

  public static SessionPage fromJson(JsonObject json) {
    return new SessionPage(
        json.getJsonArray("items").stream()
            .map(item -> SessionInfo.fromJson((JsonObject) item))
            .toList(),
        json.containsKey("next"));
  }
}
