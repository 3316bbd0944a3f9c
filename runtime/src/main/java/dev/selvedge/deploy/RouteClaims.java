package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import java.util.List;

/** Each route leads to one function. */
final class RouteClaims {
  private RouteClaims() {}

  /**
   * Refuses routes that another function has, or is about to have.
   *
   * @throws DeployException naming the route and the function that has it
   */
  static void check(String name, List<String> routes, Iterable<CatalogEntry> entries) {
    for (CatalogEntry other : entries) {
      if (other.name().equals(name)) {
        continue;
      }
      for (String route : routes) {
        if (other.routes().contains(route)) {
          throw new DeployException(
              Reason.ROUTE_TAKEN,
              "route "
                  + route
                  + " is taken by function "
                  + other.name()
                  + " (expected: a route of no other function; --route sets another)");
        }
      }
    }
  }
}
