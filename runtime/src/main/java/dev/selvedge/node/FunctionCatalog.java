package dev.selvedge.node;

import dev.selvedge.admin.FunctionInfo;
import dev.selvedge.admin.OperationException;
import dev.selvedge.deploy.CatalogView;
import dev.selvedge.deploy.LocalFunction;
import dev.selvedge.deploy.ServedFunction;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Gathering;
import dev.selvedge.host.FunctionHost;
import dev.selvedge.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What is deployed, with what each node makes of it. */
final class FunctionCatalog {
  private static final String SERVICE = "functions";

  private final Fabric fabric;
  private final CatalogView view;
  private final FunctionHost host;
  private final Metrics metrics;

  FunctionCatalog(Fabric fabric, CatalogView view, FunctionHost host, Metrics metrics) {
    this.fabric = fabric;
    this.view = view;
    this.host = host;
    this.metrics = metrics;
    fabric.serve(SERVICE, nothing -> Future.succeededFuture(local().toBuffer()));
  }

  Future<List<FunctionInfo>> all() {
    return Gathering.ask(fabric, SERVICE)
        .map(
            placements ->
                view.functions().stream().map(function -> info(function, placements)).toList());
  }

  Future<FunctionInfo> one(String name) {
    return view.function(name)
        .map(
            function ->
                Gathering.ask(fabric, SERVICE).map(placements -> info(function, placements)))
        .orElseGet(
            () ->
                Future.failedFuture(
                    new OperationException(
                        OperationException.Kind.NOT_FOUND,
                        "no-such-function",
                        "no function is deployed as " + name)));
  }

  private static FunctionInfo info(ServedFunction function, List<JsonObject> placements) {
    return new FunctionInfo(
        function.name(),
        function.version(),
        function.sha256(),
        function.manifest().routes(),
        function.versions().stream()
            .map(
                version ->
                    new FunctionInfo.Version(
                        version.number(), version.sha256(), version.deployedAt()))
            .toList(),
        placements.stream()
            .filter(placement -> placement.getString("name").equals(function.name()))
            .map(FunctionCatalog::placement)
            .toList());
  }

  private static FunctionInfo.Placement placement(JsonObject json) {
    return new FunctionInfo.Placement(
        json.getString("node"),
        json.getInteger("version"),
        json.getString("state"),
        json.getInteger("instances"),
        json.getInteger("sessions"),
        json.getLong("errors"),
        json.getString("problem"));
  }

  private JsonArray local() {
    JsonArray found = new JsonArray();
    for (LocalFunction local : view.local()) {
      found.add(
          new JsonObject()
              .put("node", fabric.membership().self().value())
              .put("name", local.name())
              .put("version", local.version())
              .put("state", local.state())
              .put("instances", local.instances())
              .put("sessions", host.size(local.name(), local.version()))
              .put("errors", metrics.function(local.name()).errorCount())
              .put("problem", local.problem().orElse(null)));
    }
    return found;
  }
}
