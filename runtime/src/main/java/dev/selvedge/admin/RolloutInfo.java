package dev.selvedge.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What a deploy or a rollback has come to.
 *
 * @param function as it is now
 * @param warnings what did not go as it should without making it fail, one sentence each
 */
public record RolloutInfo(FunctionInfo function, List<String> warnings) {
  public RolloutInfo {
    warnings = List.copyOf(warnings);
  }

  JsonObject toJson() {
    return function.toJson().put("warnings", new JsonArray(warnings));
  }
}
