package dev.selvedge.protocol;

import dev.selvedge.edge.EdgeHandler;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.Origins;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.session.SessionId;
import java.util.List;
import java.util.Optional;

/**
 * Gives each request to what it is for: the browser client, a protocol of the function that its
 * path leads to, or that function's plain HTTP (calls and pages).
 */
public final class Dispatch implements EdgeHandler {
  /** The path of the client for browsers. */
  public static final String BROWSER_CLIENT = BrowserClient.PATH;

  private static final String METHODS = "GET, HEAD, POST, DELETE";

  private final RouteLookup routes;
  private final List<SessionProtocol> protocols;
  private final PlainHttp plainHttp;
  private final Forwarding forwarding;
  private final BrowserClient browserClient = new BrowserClient();

  /**
   * Registers envelopes, so that the fabric must not have been started.
   *
   * @param protocols asked in this order whether a request is theirs
   */
  public Dispatch(Fabric fabric, RouteLookup routes, List<SessionProtocol> protocols, Calls calls) {
    this.routes = routes;
    this.protocols = List.copyOf(protocols);
    this.plainHttp = new PlainHttp(calls);
    this.forwarding = new Forwarding(fabric, this);
  }

  /** A request whose route is not known yet. */
  @Override
  public void handle(Exchange exchange) {
    answeringErrors(exchange, () -> serve(exchange, routes.find(exchange)));
  }

  /**
   * A request whose route has been found.
   *
   * @param found empty if it leads to no function
   */
  public void handle(Exchange exchange, Optional<FunctionRoute> found) {
    answeringErrors(exchange, () -> serve(exchange, found));
  }

  private void serve(Exchange exchange, Optional<FunctionRoute> found) {
    if (exchange.path().equals(BrowserClient.PATH)) {
      browserClient.serve(exchange);
    } else {
      admit(exchange, route(exchange, found));
    }
  }

  private static void answeringErrors(Exchange exchange, Runnable handling) {
    try {
      handling.run();
    } catch (HttpError error) {
      exchange.fail(error);
    }
  }

  private FunctionRoute route(Exchange exchange, Optional<FunctionRoute> found) {
    for (SessionProtocol protocol : protocols) {
      Optional<FunctionRoute> own = endpoint(protocol, exchange, found);
      if (own.isPresent()) {
        return own.get();
      }
    }
    return found.orElseThrow(() -> new HttpError(404, "no-such-path", "path: " + exchange.path()));
  }

  /** An endpoint at the root, unless a function's route has that request. */
  private static Optional<FunctionRoute> endpoint(
      SessionProtocol protocol, Exchange exchange, Optional<FunctionRoute> found) {
    boolean routed =
        found
            .filter(
                route -> !route.path().equals("/") || route.protocols().contains(protocol.name()))
            .isPresent();
    return routed ? Optional.empty() : protocol.endpoint(exchange);
  }

  /** Lets in what pages of other origins may ask for; a browser may read the errors, too. */
  private void admit(Exchange exchange, FunctionRoute route) {
    if (Origins.isPreflight(exchange)) {
      Origins.answerPreflight(exchange, route.origins(), METHODS);
    } else if (exchange.header("origin") == null) {
      serve(exchange, route);
    } else if (Origins.allows(exchange, route.origins())) {
      Exchange marked = new CorsExchange(exchange, Origins.headers(exchange, route.origins()));
      answeringErrors(marked, () -> serve(marked, route));
    } else {
      throw Origins.refusal();
    }
  }

  private void serve(Exchange exchange, FunctionRoute route) {
    Optional<SessionProtocol> protocol = protocolOf(exchange, route);
    if (protocol.isEmpty()) {
      plainHttp.serve(exchange, route);
    } else {
      serve(exchange, route, protocol.get());
    }
  }

  private void serve(Exchange exchange, FunctionRoute route, SessionProtocol protocol) {
    Optional<SessionId> session = protocol.sessionOf(exchange);
    if (session.isPresent()) {
      serve(exchange, route, protocol, session.get(), protocol.edgeOf(session.get()));
    } else {
      protocol.serve(exchange, route);
    }
  }

  private void serve(
      Exchange exchange,
      FunctionRoute route,
      SessionProtocol protocol,
      SessionId session,
      NodeId edge) {
    Runnable next = () -> serveAfter(exchange, route, protocol, session, edge);
    if (forwarding.isElsewhere(session, edge)) {
      forwarding.pass(exchange, session, edge, protocol.isPatient(exchange), next);
    } else if (protocol.hasLeft(session)) {
      next.run();
    } else {
      protocol.serve(exchange, route);
    }
  }

  /** Serves a request for a session that is not at that node any more. */
  private void serveAfter(
      Exchange exchange,
      FunctionRoute route,
      SessionProtocol protocol,
      SessionId session,
      NodeId asked) {
    protocol
        .nextEdgeOf(exchange, session, asked)
        .onSuccess(
            next ->
                answeringErrors(exchange, () -> serve(exchange, route, protocol, session, next)))
        // The session has ended with its node, so that the protocol finds none here either.
        .onFailure(none -> answeringErrors(exchange, () -> protocol.serve(exchange, route)));
  }

  private Optional<SessionProtocol> protocolOf(Exchange exchange, FunctionRoute route) {
    return protocols.stream()
        .filter(protocol -> route.protocols().contains(protocol.name()))
        .filter(protocol -> protocol.takes(exchange, route))
        .findFirst();
  }
}
