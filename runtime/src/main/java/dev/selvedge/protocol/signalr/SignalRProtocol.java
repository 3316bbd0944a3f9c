package dev.selvedge.protocol.signalr;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.SignalRConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.protocol.SessionProtocol;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.Sessions;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * ASP.NET Core SignalR: a route is a hub. Says which requests are of its clients; {@link
 * HubConnections} serves them.
 *
 * <p>A route's path is shared with the function's pages, its calls and other protocols. Of SignalR
 * are {@code <route>/negotiate}, requests to the route's own path whose {@code id} is a token of
 * ours, and those of a client that says it is SignalR's; a WebSocket without an id only if the
 * route does not carry {@code raw}.
 */
public final class SignalRProtocol implements SessionProtocol {
  public static final String NAME = "signalr";

  private static final String NEGOTIATE = "/negotiate";
  private static final String RAW = "raw";

  /**
   * Of the two forms that ids have, tokens have the long one; an {@code id} of a page is not it.
   */
  private static final int TOKEN_RANDOM = 22;

  private final Fabric fabric;
  private final Sessions sessions;
  private final List<HubConnections> lanes;

  /**
   * @param edge says which transports may be used
   */
  public SignalRProtocol(Fabric fabric, Sessions sessions, EdgeConfig edge, SignalRConfig config) {
    this(fabric, sessions, edge, config, LaneClock::of);
  }

  SignalRProtocol(
      Fabric fabric,
      Sessions sessions,
      EdgeConfig edge,
      SignalRConfig config,
      Function<Lane, LaneClock> clocks) {
    this.fabric = fabric;
    this.sessions = sessions;
    SecureRandom random = new SecureRandom();
    this.lanes =
        fabric.lanes().stream()
            .map(
                lane ->
                    new HubConnections(
                        lane,
                        fabric.membership().self(),
                        sessions,
                        config,
                        edge.transports(),
                        clocks.apply(lane),
                        random))
            .toList();
    sessions.adoptWith(
        NAME,
        (lane, session, token, notes) -> lanes.get(lane.index()).adopt(session, token, notes));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean takes(Exchange exchange, FunctionRoute route) {
    return isNegotiation(exchange, route)
        || isHub(exchange, route)
            && (sessionOf(exchange).isPresent()
                || saysSo(exchange)
                || exchange.isWebSocketHandshake() && !route.protocols().contains(RAW));
  }

  private static boolean isNegotiation(Exchange exchange, FunctionRoute route) {
    String path = exchange.path();
    int base = length(route);
    return path.length() == base + NEGOTIATE.length()
        && path.regionMatches(true, base, NEGOTIATE, 0, NEGOTIATE.length());
  }

  private static boolean isHub(Exchange exchange, FunctionRoute route) {
    int base = length(route);
    int length = exchange.path().length();
    return length == base || length == base + 1 && exchange.path().endsWith("/");
  }

  /** Of the route's path, without a slash at its end. */
  private static int length(FunctionRoute route) {
    String path = route.path();
    return path.endsWith("/") ? path.length() - 1 : path.length();
  }

  /** Every official client names itself, but for a browser's WebSockets and event streams. */
  private static boolean saysSo(Exchange exchange) {
    String agent = exchange.header("user-agent");
    return exchange.header("x-signalr-user-agent") != null
        || agent != null && agent.startsWith("Microsoft SignalR/");
  }

  @Override
  public Optional<SessionId> sessionOf(Exchange exchange) {
    return token(exchange)
        .flatMap(SessionId::parse)
        .filter(token -> token.random().length() == TOKEN_RANDOM);
  }

  @Override
  public NodeId edgeOf(SessionId token) {
    return sessions.edgeOf(token);
  }

  @Override
  public boolean hasLeft(SessionId token) {
    return sessions.areLeaving() && !lanes.get(fabric.currentLane().index()).has(token);
  }

  /** Only a WebSocket's client comes back with the token that it had. */
  @Override
  public Future<NodeId> nextEdgeOf(Exchange exchange, SessionId token, NodeId asked) {
    return isPatient(exchange)
        ? sessions.nextEdgeOf(token, asked)
        : Future.failedFuture("connections end with their node");
  }

  @Override
  public boolean isPatient(Exchange exchange) {
    return exchange.isWebSocketHandshake() && sessions.areRecoverable();
  }

  private static Optional<String> token(Exchange exchange) {
    return NegotiateCodec.parameter(exchange.query(), "id");
  }

  @Override
  public void serve(Exchange exchange, FunctionRoute route) {
    HubConnections here = lanes.get(fabric.currentLane().index());
    if (isNegotiation(exchange, route)) {
      here.negotiate(exchange, route);
    } else {
      here.serve(exchange, route, token(exchange).orElse(""));
    }
  }

  /** The connections of a lane, for tests. */
  HubConnections lane(int index) {
    return lanes.get(index);
  }
}
