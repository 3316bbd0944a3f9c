package dev.selvedge.protocol;

import dev.selvedge.edge.EdgeHandler;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.HttpError;
import java.util.List;
import java.util.Optional;

/**
 * Gives each request to what it is for: the browser client, a protocol of the function that its
 * path leads to, or that function's plain HTTP (calls and pages).
 */
public final class Dispatch implements EdgeHandler {
  private final RouteLookup routes;
  private final List<SessionProtocol> protocols;
  private final PlainHttp plainHttp;
  private final BrowserClient browserClient = new BrowserClient();

  /**
   * @param protocols asked in this order whether a request is theirs
   */
  public Dispatch(RouteLookup routes, List<SessionProtocol> protocols, Calls calls) {
    this.routes = routes;
    this.protocols = List.copyOf(protocols);
    this.plainHttp = new PlainHttp(calls);
  }

  @Override
  public void handle(Exchange exchange) {
    try {
      if (exchange.path().equals(BrowserClient.PATH)) {
        browserClient.serve(exchange);
      } else {
        serve(exchange, route(exchange));
      }
    } catch (HttpError error) {
      exchange.fail(error);
    }
  }

  private FunctionRoute route(Exchange exchange) {
    return routes
        .find(exchange.header("host"), exchange.path())
        .orElseThrow(() -> new HttpError(404, "no-such-path", "path: " + exchange.path()));
  }

  private void serve(Exchange exchange, FunctionRoute route) {
    Optional<SessionProtocol> protocol = protocolOf(exchange, route);
    if (protocol.isEmpty()) {
      plainHttp.serve(exchange, route);
    } else {
      protocol.get().serve(exchange, route);
    }
  }

  private Optional<SessionProtocol> protocolOf(Exchange exchange, FunctionRoute route) {
    return protocols.stream()
        .filter(protocol -> route.protocols().contains(protocol.name()))
        .filter(protocol -> protocol.takes(exchange, route))
        .findFirst();
  }
}
