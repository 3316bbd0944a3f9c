package dev.selvedge.router;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one router has under way, as it tells the others: it alone writes it.
 *
 * @param epoch of this router's life; a later life has a higher one
 * @param seq counts its reports
 * @param picks clients that got a member from this router in its life
 * @param counts by the member's key; what is not in it is zero
 */
record LoadReport(long epoch, long seq, long picks, Map<String, Counts> counts) {
  /** At one member. */
  record Counts(int tunnels, int requests, int queued) {
    static final Counts NONE = new Counts(0, 0, 0);

    int load() {
      return tunnels + requests + queued;
    }
  }

  LoadReport {
    counts = Map.copyOf(counts);
  }

  Counts of(String key) {
    return counts.getOrDefault(key, Counts.NONE);
  }

  JsonObject toJson() {
    JsonObject members = new JsonObject();
    counts.forEach(
        (key, at) ->
            members.put(key, new JsonArray().add(at.tunnels).add(at.requests).add(at.queued)));
    return new JsonObject()
        .put("epoch", epoch)
        .put("seq", seq)
        .put("picks", picks)
        .put("members", members);
  }

  /** Throws {@link RuntimeException} on anything that {@link #toJson} did not write. */
  static LoadReport of(JsonObject json) {
    Map<String, Counts> counts = new LinkedHashMap<>();
    JsonObject members = json.getJsonObject("members");
    for (String key : members.fieldNames()) {
      JsonArray at = members.getJsonArray(key);
      counts.put(key, new Counts(at.getInteger(0), at.getInteger(1), at.getInteger(2)));
    }
    return new LoadReport(
        json.getLong("epoch"), json.getLong("seq"), json.getLong("picks"), counts);
  }
}
