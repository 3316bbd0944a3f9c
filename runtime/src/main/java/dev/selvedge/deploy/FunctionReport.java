package dev.selvedge.deploy;

import dev.selvedge.fabric.Node;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * What a node announces about one function in section {@code deploy} of its record: {@code
 * {"functions":{"chat":{"version":3,"stored":[3],"ready":[3],"draining":[2]}}}}.
 *
 * @param version the serving version as this node knows it; 0 for none
 * @param stored the wanted versions whose artifact is here
 * @param ready the versions that take sessions here
 * @param draining the versions that are being left
 */
public record FunctionReport(
    int version,
    List<Integer> stored,
    List<Integer> ready,
    List<Integer> draining,
    Optional<Failure> failure) {
  /** The section's name. */
  public static final String SECTION = "deploy";

  /** A node that has not announced anything about the function. */
  public static final FunctionReport NONE =
      new FunctionReport(0, List.of(), List.of(), List.of(), Optional.empty());

  public FunctionReport {
    stored = List.copyOf(stored);
    ready = List.copyOf(ready);
    draining = List.copyOf(draining);
  }

  /**
   * A version that this node cannot run.
   *
   * @param attempt of the rollout in which it failed; 0 if it was serving already
   */
  public record Failure(int version, int attempt, String error) {}

  /** What a node has announced about a function. */
  public static FunctionReport of(Node node, String function) {
    JsonObject json =
        node.section(FunctionReport.SECTION)
            .getJsonObject("functions", new JsonObject())
            .getJsonObject(function);
    return json == null ? NONE : of(json);
  }

  static FunctionReport of(JsonObject json) {
    return new FunctionReport(
        json.getInteger("version", 0),
        numbers(json, "stored"),
        numbers(json, "ready"),
        numbers(json, "draining"),
        Optional.ofNullable(json.getJsonObject("failed"))
            .map(
                failed ->
                    new Failure(
                        failed.getInteger("version"),
                        failed.getInteger("attempt"),
                        failed.getString("error"))));
  }

  private static List<Integer> numbers(JsonObject json, String key) {
    return json.getJsonArray(key, new JsonArray()).stream().map(Integer.class::cast).toList();
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("version", version);
    put(json, "stored", stored);
    put(json, "ready", ready);
    put(json, "draining", draining);
    failure.ifPresent(
        failed ->
            json.put(
                "failed",
                new JsonObject()
                    .put("version", failed.version())
                    .put("attempt", failed.attempt())
                    .put("error", failed.error())));
    return json;
  }

  private static void put(JsonObject json, String key, List<Integer> numbers) {
    if (!numbers.isEmpty()) {
      json.put(key, new JsonArray(numbers));
    }
  }
}
