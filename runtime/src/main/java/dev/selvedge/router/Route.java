package dev.selvedge.router;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which requests lead where. All conditions must hold; an empty one holds always.
 *
 * @param name unique among the routes
 * @param hosts host names, lower case; {@code *.example.org} stands for each name below
 * @param path the path prefix, such as {@code /shop}; matches itself and what follows after a slash
 * @param methods upper case
 * @param headers required values by lower-case name; an empty value asks only for the header
 * @param target where it leads
 * @param rewrite what a pool's member sees in place of {@link #path}; empty: the path as it came
 * @param origins the allow-list for the Origin header of requests to a pool; empty: the member
 *     decides
 */
public record Route(
    String name,
    List<String> hosts,
    String path,
    List<String> methods,
    Map<String, String> headers,
    RouteTarget target,
    Optional<String> rewrite,
    List<String> origins) {
  public Route {
    hosts = List.copyOf(hosts);
    methods = List.copyOf(methods);
    headers = Map.copyOf(headers);
    origins = List.copyOf(origins);
  }
}
