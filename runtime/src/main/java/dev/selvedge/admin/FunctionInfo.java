package dev.selvedge.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of the catalog.
 *
 * @param version the one that the catalog wants
 * @param sha256 of its jar, 64 hexadecimal digits
 * @param versions all that are kept, newest first
 * @param nodes what each hosting node makes of it
 */
public record FunctionInfo(
    String name,
    int version,
    String sha256,
    List<String> routes,
    List<Version> versions,
    List<Placement> nodes) {
  public FunctionInfo {
    routes = List.copyOf(routes);
    versions = List.copyOf(versions);
    nodes = List.copyOf(nodes);
  }

  /** A version that can be rolled back to, or is served. */
  public record Version(int version, String sha256, Instant deployedAt) {
    JsonObject toJson() {
      return new JsonObject()
          .put("version", version)
          .put("sha256", sha256)
          .put("deployedAt", deployedAt.toString());
    }
  }

  /**
   * A function on a node.
   *
   * @param version the one that new sessions get there; 0 for none yet
   * @param state {@code ready}, {@code starting}, {@code failed}, …
   * @param sessions bound to its instances
   * @param errors callbacks that failed since the node started
   * @param problem why the state is as it is, or null
   */
  public record Placement(
      String node,
      int version,
      String state,
      int instances,
      int sessions,
      long errors,
      @Nullable String problem) {
    JsonObject toJson() {
      return new JsonObject()
          .put("node", node)
          .put("version", version)
          .put("state", state)
          .put("instances", instances)
          .put("sessions", sessions)
          .put("errors", errors)
          .put("problem", problem);
    }
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("version", version)
        .put("sha256", sha256)
        .put("routes", new JsonArray(routes))
        .put("versions", new JsonArray(versions.stream().map(Version::toJson).toList()))
        .put("nodes", new JsonArray(nodes.stream().map(Placement::toJson).toList()));
  }
}
