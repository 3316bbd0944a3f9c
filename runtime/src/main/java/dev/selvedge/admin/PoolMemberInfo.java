package dev.selvedge.admin;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * A member of a pool in numbers, summed over all nodes.
 *
 * @param states how many nodes see it in which state
 * @param reason why it is not up; empty if it is
 * @param weight the least effective weight that a node gives it
 * @param counts the sums, by the names of the members of the JSON form
 * @param connectMillis the mean time that a connection to it took; 0 without one
 * @param handshakeMillis the mean time from a WebSocket's request to its 101; 0 without one
 */
public record PoolMemberInfo(
    String address,
    Map<String, Integer> states,
    String reason,
    double weight,
    Map<String, Long> counts,
    double connectMillis,
    double handshakeMillis) {
  public PoolMemberInfo {
    states = Map.copyOf(states);
    counts = Map.copyOf(counts);
  }

  /** The state if all nodes see the same; else such as {@code down 1/3}, the rarest first. */
  public String state() {
    if (states.isEmpty()) {
      return "unknown";
    }
    int all = states.values().stream().mapToInt(Integer::intValue).sum();
    String word =
        states.keySet().stream()
            .filter(state -> !state.equals("up"))
            .sorted()
            .findFirst()
            .orElse("up");
    int count = states.getOrDefault(word, 0);
    return count == all ? word : word + " " + count + "/" + all;
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("address", address)
            .put("state", state())
            .put("states", new JsonObject(new TreeMap<String, Object>(states)))
            .put("reason", reason)
            .put("weight", weight);
    new TreeMap<>(counts).forEach(json::put);
    return json.put("connectMillis", connectMillis).put("handshakeMillis", handshakeMillis);
  }
}
