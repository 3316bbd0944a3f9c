package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import dev.selvedge.edge.EdgeHandler;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.router.Pool;
import dev.selvedge.router.Pools;
import dev.selvedge.router.Route;
import dev.selvedge.router.RouteTable;
import dev.selvedge.router.RouteTarget;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The first look at each request: whose is it? Runs on the sockets' loops. */
public final class Gateway implements EdgeHandler {
  private final Supplier<RouteTable> routes;
  private final Pools pools;
  private final Functions functions;
  private final Relay relay;

  /** Serves what leads to functions, and answers what leads nowhere. */
  @FunctionalInterface
  public interface Functions {
    /**
     * @param route where the request leads, so that nobody looks again: to a function, or to what
     *     the node itself has; null for nowhere
     */
    void serve(Exchange exchange, @Nullable Route route);
  }

  /**
   * @param routes all routes as they are now, those of functions included
   */
  public Gateway(Supplier<RouteTable> routes, Pools pools, Functions functions, Relay relay) {
    this.routes = routes;
    this.pools = pools;
    this.functions = functions;
    this.relay = relay;
  }

  @Override
  public void handle(Exchange exchange) {
    ExchangeView view = new ExchangeView(exchange);
    Route route = routes.get().match(view).orElse(null);
    if (route != null && route.target() instanceof RouteTarget.ToPool to) {
      pass(exchange, view, route, to);
      return;
    }
    follow(exchange, route, "");
    if (route == null
        || route.target() instanceof RouteTarget.Own
        || route.target() instanceof RouteTarget.ToFunction) {
      functions.serve(exchange, route);
    } else if (route.target() instanceof RouteTarget.Deny deny) {
      exchange.fail(new HttpError(deny.status(), "denied", "route: " + route.name()));
    } else if (route.target() instanceof RouteTarget.Redirect redirect) {
      exchange.respond(
          redirect.status(), Map.of("location", location(redirect, exchange)), Buffer.buffer());
    }
  }

  private void pass(Exchange exchange, ExchangeView view, Route route, RouteTarget.ToPool to) {
    try {
      relay.pass(exchange, view, route, pool(to));
    } catch (HttpError refused) {
      follow(exchange, route, to.pool());
      throw refused;
    }
  }

  private void follow(Exchange exchange, @Nullable Route route, String pool) {
    AccessLog log = relay.log();
    if (log != null && exchange instanceof ClientExchange client) {
      Access.follow(log, client, route, pool);
    }
  }

  private Pool pool(RouteTarget.ToPool to) {
    return pools
        .find(to.pool())
        .orElseThrow(() -> new HttpError(503, "no-such-pool", "the route's pool is not defined"));
  }

  private static String location(RouteTarget.Redirect redirect, Exchange exchange) {
    String query = exchange.rawQuery().isEmpty() ? "" : "?" + exchange.rawQuery();
    return redirect.location().replace("{path}", exchange.path()).replace("{query}", query);
  }
}
