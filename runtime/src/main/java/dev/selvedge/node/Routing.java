package dev.selvedge.node;

import dev.selvedge.deploy.CatalogView;
import dev.selvedge.deploy.PublishedRoute;
import dev.selvedge.protocol.Dispatch;
import dev.selvedge.router.Definitions;
import dev.selvedge.router.Pools;
import dev.selvedge.router.Route;
import dev.selvedge.router.RouteTable;
import dev.selvedge.router.RouteTarget;
import dev.selvedge.router.RouterDocuments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes this node's pools and routes follow what operators define and what functions are deployed.
 * An operator's route for any request to a path wins over that of a function's manifest for the
 * same path. Any thread.
 */
final class Routing {
  private final RouterDocuments documents;
  private final CatalogView catalog;
  private final Pools pools;
  private volatile RouteTable table = new RouteTable(List.of());

  Routing(RouterDocuments documents, CatalogView catalog, Pools pools) {
    this.documents = documents;
    this.catalog = catalog;
    this.pools = pools;
    documents.follow(this::defined);
    catalog.addListener(
        new CatalogView.Listener() {
          @Override
          public void routesChanged() {
            rebuild(documents.current());
          }
        });
    rebuild(documents.current());
  }

  /** All routes as they are now. */
  RouteTable table() {
    return table;
  }

  /** On lane 0, as {@link #rebuild} after the start. */
  private void defined(Definitions wanted) {
    pools.apply(wanted.pools().values());
    rebuild(wanted);
  }

  private void rebuild(Definitions wanted) {
    List<Route> routes = new ArrayList<>(wanted.routes().values());
    routes.add(route("browser-client", Dispatch.BROWSER_CLIENT, new RouteTarget.Own()));
    for (PublishedRoute published : catalog.routes()) {
      if (covering(wanted, published.path()).isEmpty()) {
        String function = published.function().name();
        routes.add(
            route(
                function + ":" + published.path(),
                published.path(),
                new RouteTarget.ToFunction(function)));
      }
    }
    table = new RouteTable(routes);
  }

  private static Route route(String name, String path, RouteTarget target) {
    return new Route(
        name, List.of(), path, List.of(), Map.of(), target, Optional.empty(), List.of());
  }

  /** The operator's route, if there is one, that takes all requests to a path. */
  private static Optional<Route> covering(Definitions wanted, String path) {
    return wanted.routes().values().stream()
        .filter(route -> route.path().equals(path))
        .filter(route -> route.hosts().isEmpty())
        .filter(route -> route.methods().isEmpty() && route.headers().isEmpty())
        .findFirst();
  }

  /**
   * Routes of a function's manifest that lead elsewhere, each a sentence; none for most functions.
   */
  List<String> covered(String function) {
    List<String> covered = new ArrayList<>();
    for (PublishedRoute published : catalog.routes()) {
      if (published.function().name().equals(function)) {
        covering(documents.current(), published.path())
            .filter(route -> !route.target().equals(new RouteTarget.ToFunction(function)))
            .ifPresent(
                route ->
                    covered.add(
                        "its route "
                            + published.path()
                            + " is not used: the route "
                            + route.name()
                            + " that operators defined has that path"));
      }
    }
    return covered;
  }
}
