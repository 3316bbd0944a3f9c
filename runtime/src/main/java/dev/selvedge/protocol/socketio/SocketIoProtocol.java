package dev.selvedge.protocol.socketio;

import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.protocol.RouteLookup;
import dev.selvedge.protocol.SessionProtocol;
import dev.selvedge.protocol.socketio.SocketClient.Surroundings;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.Sessions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Socket.IO: says which requests are its own. Each lane has an {@link EngineServer}, on which each
 * connection is a {@link SocketClient}.
 */
public final class SocketIoProtocol implements SessionProtocol {
  public static final String NAME = "socketio";

  /** The endpoint below a route. */
  private static final String ENDPOINT = "/socket.io/";

  private static final Set<String> TRANSPORTS = Set.of("polling", "websocket");

  private final Fabric fabric;
  private final RouteLookup routes;
  private final List<EngineServer> servers;

  /**
   * @param routes finds the functions that namespaces lead to
   */
  public SocketIoProtocol(
      Fabric fabric, Sessions sessions, SocketIoConfig config, RouteLookup routes) {
    this(fabric, sessions, config, routes, LaneClock::of);
  }

  SocketIoProtocol(
      Fabric fabric,
      Sessions sessions,
      SocketIoConfig config,
      RouteLookup routes,
      Function<Lane, LaneClock> clocks) {
    this.fabric = fabric;
    this.routes = routes;
    Namespaces namespaces = new Namespaces(routes);
    SecureRandom random = new SecureRandom();
    NodeId self = fabric.membership().self();
    this.servers =
        fabric.lanes().stream()
            .map(
                lane ->
                    server(
                        new Surroundings(
                            lane,
                            sessions,
                            () -> SessionId.randomShort(self, lane.index(), random),
                            namespaces,
                            clocks.apply(lane)),
                        config))
            .toList();
  }

  private static EngineServer server(Surroundings surroundings, SocketIoConfig config) {
    return new EngineServer(
        surroundings.newIds(),
        surroundings.clock(),
        config,
        (session, exchange, route) ->
            new SocketClient(
                surroundings,
                session,
                route,
                SessionProtocol.handshake(exchange),
                config.connectTimeout().toMillis()));
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * {@code /socket.io/} exists if any function carries this protocol, even if none has the route
   * {@code /}: its main namespace does not exist then, and others do.
   */
  @Override
  public Optional<FunctionRoute> endpoint(Exchange exchange) {
    return exchange.path().startsWith(ENDPOINT) ? routes.without(NAME) : Optional.empty();
  }

  @Override
  public boolean takes(Exchange exchange, FunctionRoute route) {
    String path = exchange.path();
    String base = route.path().equals("/") ? "" : route.path();
    if (path.startsWith(base) && path.startsWith(ENDPOINT, base.length())) {
      return true;
    }
    return (path.equals(base) || path.equals(base + "/"))
        && exchange.query().containsKey("EIO")
        && TRANSPORTS.contains(exchange.query().getOrDefault("transport", ""));
  }

  @Override
  public Optional<SessionId> sessionOf(Exchange exchange) {
    return Optional.ofNullable(exchange.query().get("sid")).flatMap(SessionId::parse);
  }

  @Override
  public void serve(Exchange exchange, FunctionRoute route) {
    servers.get(fabric.currentLane().index()).serve(exchange, route);
  }
}
