package dev.selvedge.router;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All pools, routes and listeners that the operators of a cluster want, by name. Immutable. */
public record Definitions(
    Map<String, PoolSpec> pools, Map<String, Route> routes, Map<String, ListenerSpec> listeners) {
  public static final Definitions NONE = new Definitions(Map.of(), Map.of(), Map.of());

  public Definitions {
    pools = Map.copyOf(pools);
    routes = Map.copyOf(routes);
    listeners = Map.copyOf(listeners);
  }

  /** The routes and listeners that lead to a pool, as {@code route x} and {@code listener y}. */
  public List<String> usersOf(String pool) {
    List<String> users = new java.util.ArrayList<>();
    routes.values().stream()
        .filter(route -> route.target().equals(new RouteTarget.ToPool(pool)))
        .forEach(route -> users.add("route " + route.name()));
    listeners.values().stream()
        .filter(listener -> listener.pool().equals(pool))
        .forEach(listener -> users.add("listener " + listener.name()));
    return users.stream().sorted().toList();
  }

  /** What leads nowhere, each a sentence. */
  public List<String> loose() {
    List<String> loose = new java.util.ArrayList<>();
    routes.values().stream()
        .filter(route -> route.target() instanceof RouteTarget.ToPool)
        .forEach(
            route ->
                missing(((RouteTarget.ToPool) route.target()).pool())
                    .ifPresent(why -> loose.add("route " + route.name() + ": " + why)));
    for (ListenerSpec listener : listeners.values()) {
      missing(listener.pool())
          .ifPresent(why -> loose.add("listener " + listener.name() + ": " + why));
    }
    return loose.stream().sorted().toList();
  }

  private Optional<String> missing(String pool) {
    return pools.containsKey(pool) ? Optional.empty() : Optional.of("no pool is called " + pool);
  }
}
