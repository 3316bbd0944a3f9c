package dev.selvedge.router;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All routes in the order in which they are tried: the longest path first; of one path, the route
 * for an exact host before one for {@code *.…} before one for any host; then the one with more
 * conditions; then by name. Immutable.
 */
public final class RouteTable {
  private final List<Route> routes;

  public RouteTable(List<Route> routes) {
    List<Route> sorted = new ArrayList<>(routes);
    sorted.sort(
        Comparator.comparingInt((Route route) -> -route.path().length())
            .thenComparingInt(RouteTable::hostRank)
            .thenComparingInt(route -> -conditions(route))
            .thenComparing(Route::name));
    this.routes = List.copyOf(sorted);
  }

  private static int hostRank(Route route) {
    if (route.hosts().isEmpty()) {
      return 2;
    }
    return route.hosts().stream().anyMatch(host -> host.startsWith("*.")) ? 1 : 0;
  }

  private static int conditions(Route route) {
    return (route.methods().isEmpty() ? 0 : 1) + route.headers().size();
  }

  public List<Route> routes() {
    return routes;
  }

  public Optional<Route> match(RequestView request) {
    for (Route route : routes) {
      if (matches(route, request)) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  private static boolean matches(Route route, RequestView request) {
    return isBelow(request.path(), route.path())
        && (route.hosts().isEmpty() || isOneOf(route.hosts(), request.host()))
        && (route.methods().isEmpty() || route.methods().contains(request.method()))
        && hasHeaders(route, request);
  }

  private static boolean isBelow(String path, String prefix) {
    return prefix.equals("/")
        || path.startsWith(prefix)
            && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
  }

  private static boolean isOneOf(List<String> hosts, @Nullable String host) {
    return host != null
        && hosts.stream()
            .anyMatch(
                wanted ->
                    wanted.startsWith("*.")
                        ? host.endsWith(wanted.substring(1))
                        : host.equals(wanted));
  }

  private static boolean hasHeaders(Route route, RequestView request) {
    return route.headers().entrySet().stream()
        .allMatch(
            wanted -> {
              String value = request.header(wanted.getKey());
              return value != null
                  && (wanted.getValue().isEmpty() || wanted.getValue().equals(value));
            });
  }
}
