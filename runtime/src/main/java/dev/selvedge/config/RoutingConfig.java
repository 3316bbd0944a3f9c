package dev.selvedge.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * {@code pools:}, {@code routes:} and {@code listeners:} in {@code selvedge.yaml}, as they are
 * written there: package {@code router} knows what they mean.
 *
 * @param places where in the file each key is, by its path ({@code pools.chat.policy})
 */
public record RoutingConfig(
    JsonObject pools, JsonArray routes, JsonObject listeners, Map<String, String> places) {
  public static final RoutingConfig NONE =
      new RoutingConfig(new JsonObject(), new JsonArray(), new JsonObject(), Map.of());

  public RoutingConfig {
    places = Map.copyOf(places);
  }

  /** The same complaint, naming also where in the file its key is, if it is there. */
  public ConfigException located(ConfigException wrong) {
    String place = places.get(wrong.key());
    return place == null ? wrong : wrong.foundIn(place);
  }
}
