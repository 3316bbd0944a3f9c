package dev.selvedge.deploy;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * {@code META-INF/function.yaml} of a jar, checked, with its defaults filled in and the deploy
 * command's overrides applied.
 *
 * @param name {@code [a-z][a-z0-9-]{0,62}}
 * @param main the class to run: an {@code EdgeFunction}, or any Vert.x verticle
 * @param routes paths that lead to the function; default {@code /<name>}, none for a plain verticle
 * @param protocols default {@code raw}, {@code socketio}, {@code signalr}
 * @param namespaces names of Socket.IO namespaces below the routes, such as {@code /admin}; default
 *     none but the main one
 * @param threading default {@code event-loop}
 * @param instances on each node; default one for each event loop, for a plain verticle one
 * @param origins allowed values of the Origin header; empty: as the node's configuration says
 * @param config settings that the function reads; the node's {@code functions:} goes on top
 */
public record Manifest(
    String name,
    String main,
    List<String> routes,
    List<String> protocols,
    List<String> namespaces,
    Threading threading,
    Optional<Integer> instances,
    Limits limits,
    List<String> origins,
    JsonObject config) {
  public Manifest {
    routes = List.copyOf(routes);
    protocols = List.copyOf(protocols);
    namespaces = List.copyOf(namespaces);
    origins = List.copyOf(origins);
  }

  Manifest withRoutes(List<String> changed) {
    return new Manifest(
        name, main, changed, protocols, namespaces, threading, instances, limits, origins, config);
  }
}
