package dev.selvedge.node;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.EdgeConfig.WebSocketConfig;
import dev.selvedge.deploy.CatalogView;
import dev.selvedge.deploy.Limits;
import dev.selvedge.deploy.Manifest;
import dev.selvedge.deploy.PublishedRoute;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.protocol.RouteLookup;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The catalog's routes with the limits that hold on them. */
final class CatalogRoutes implements RouteLookup {
  private final CatalogView catalog;
  private final EdgeConfig defaults;

  CatalogRoutes(CatalogView catalog, EdgeConfig defaults) {
    this.catalog = catalog;
    this.defaults = defaults;
  }

  @Override
  public Optional<FunctionRoute> find(@Nullable String host, String path) {
    return catalog.match(path).map(this::route);
  }

  private FunctionRoute route(PublishedRoute published) {
    Manifest manifest = published.function().manifest();
    Limits limits = manifest.limits();
    WebSocketConfig webSocket = limits.over(defaults.webSocket());
    return new FunctionRoute(
        published.path(),
        manifest.name(),
        manifest.protocols(),
        manifest.origins().isEmpty() ? defaults.origins() : manifest.origins(),
        new WebSocketLimits(
            webSocket.maxFrameBytes(),
            webSocket.maxMessageBytes(),
            webSocket.heartbeat(),
            webSocket.idle(),
            webSocket.compression()),
        limits.longPollWait().orElse(defaults.longPollWait()),
        limits.linger().orElse(defaults.linger()),
        published.assets()::get);
  }
}
