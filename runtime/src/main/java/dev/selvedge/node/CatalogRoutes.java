package dev.selvedge.node;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.EdgeConfig.WebSocketConfig;
import dev.selvedge.deploy.CatalogView;
import dev.selvedge.deploy.Limits;
import dev.selvedge.deploy.Manifest;
import dev.selvedge.deploy.PublishedRoute;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.protocol.RouteLookup;
import dev.selvedge.relay.ExchangeView;
import dev.selvedge.router.Route;
import dev.selvedge.router.RouteTable;
import dev.selvedge.router.RouteTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Routes that lead to functions, with the limits that hold on them. */
final class CatalogRoutes implements RouteLookup {
  private final Supplier<RouteTable> routes;
  private final CatalogView catalog;
  private final EdgeConfig defaults;

  /** By protocol. */
  private final Map<String, FunctionRoute> bare = new ConcurrentHashMap<>();

  /** One of each, for the connections that have them. */
  private final Map<WebSocketLimits, WebSocketLimits> limits = new ConcurrentHashMap<>();

  CatalogRoutes(Supplier<RouteTable> routes, CatalogView catalog, EdgeConfig defaults) {
    this.routes = routes;
    this.catalog = catalog;
    this.defaults = defaults;
  }

  @Override
  public Optional<FunctionRoute> find(Exchange exchange) {
    return routes.get().match(new ExchangeView(exchange)).flatMap(this::find);
  }

  /** The function's route behind one of the table; empty if there is none. */
  Optional<FunctionRoute> find(@Nullable Route route) {
    return route != null && route.target() instanceof RouteTarget.ToFunction to
        ? catalog.routeTo(to.function(), route.path()).map(this::route)
        : Optional.empty();
  }

  @Override
  public Optional<FunctionRoute> at(String path) {
    return catalog.routes().stream()
        .filter(route -> route.path().equals(path))
        .findFirst()
        .map(this::route);
  }

  @Override
  public Optional<FunctionRoute> without(String protocol) {
    boolean carried =
        catalog.functions().stream()
            .map(function -> function.manifest().protocols())
            .anyMatch(protocols -> protocols.contains(protocol));
    return carried ? Optional.of(bare.computeIfAbsent(protocol, this::bare)) : Optional.empty();
  }

  private FunctionRoute bare(String protocol) {
    return new FunctionRoute(
        "/",
        "",
        List.of(protocol),
        defaults.origins(),
        limits(defaults.webSocket()),
        defaults.longPollWait(),
        defaults.linger(),
        name -> Optional.empty());
  }

  private FunctionRoute route(PublishedRoute published) {
    Manifest manifest = published.function().manifest();
    Limits own = manifest.limits();
    return new FunctionRoute(
        published.path(),
        manifest.name(),
        manifest.protocols(),
        manifest.namespaces(),
        manifest.origins().isEmpty() ? defaults.origins() : manifest.origins(),
        limits(own.over(defaults.webSocket())),
        own.longPollWait().orElse(defaults.longPollWait()),
        own.linger().orElse(defaults.linger()),
        published.assets()::get);
  }

  private WebSocketLimits limits(WebSocketConfig config) {
    WebSocketLimits wanted =
        new WebSocketLimits(
            config.maxFrameBytes(),
            config.maxMessageBytes(),
            config.heartbeat(),
            config.idle(),
            config.compression());
    return limits.computeIfAbsent(wanted, same -> same);
  }
}
