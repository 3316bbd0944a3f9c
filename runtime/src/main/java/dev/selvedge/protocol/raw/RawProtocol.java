package dev.selvedge.protocol.raw;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.protocol.SessionProtocol;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.Sessions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The raw protocol: whoever can open a WebSocket or make an HTTP request is a client. Says which
 * requests are its own and opens sessions on WebSockets; {@link HttpSessions} serves the others.
 */
public final class RawProtocol implements SessionProtocol {
  public static final String NAME = "raw";

  private final Fabric fabric;
  private final Sessions sessions;
  private final List<Transport> transports;
  private final List<HttpSessions> httpSessions;

  /**
   * @param config says which transports may be used
   */
  public RawProtocol(Fabric fabric, Sessions sessions, EdgeConfig config) {
    this(fabric, sessions, config, LaneClock::of);
  }

  RawProtocol(
      Fabric fabric, Sessions sessions, EdgeConfig config, Function<Lane, LaneClock> clocks) {
    this.fabric = fabric;
    this.sessions = sessions;
    this.transports = config.transports();
    SecureRandom random = new SecureRandom();
    this.httpSessions =
        fabric.lanes().stream()
            .map(lane -> new HttpSessions(lane, sessions, clocks.apply(lane), random))
            .toList();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean takes(Exchange exchange, FunctionRoute route) {
    return exchange.isWebSocketHandshake()
        || SessionName.wantsStream(exchange)
        || opensLongPoll(exchange)
        || SessionName.of(exchange).isPresent();
  }

  private static boolean opensLongPoll(Exchange exchange) {
    return exchange.method().equals("POST")
        && Transport.LONGPOLL.word().equals(exchange.query().get("transport"));
  }

  @Override
  public Optional<SessionId> sessionOf(Exchange exchange) {
    return exchange.isWebSocketHandshake()
        ? Optional.empty()
        : SessionName.of(exchange).flatMap(name -> SessionId.parse(name.session()));
  }

  @Override
  public void serve(Exchange exchange, FunctionRoute route) {
    HttpSessions http = httpSessions.get(fabric.currentLane().index());
    if (exchange.isWebSocketHandshake()) {
      requireEnabled(Transport.WEBSOCKET);
      openWebSocket(exchange, route);
      return;
    }
    Optional<SessionName> name = SessionName.of(exchange);
    if (SessionName.wantsStream(exchange)) {
      requireEnabled(Transport.SSE);
      http.stream(exchange, route, name);
    } else if (name.isPresent()) {
      http.serve(exchange, route, name.get());
    } else {
      requireEnabled(Transport.LONGPOLL);
      http.openLongPoll(exchange, route);
    }
  }

  private void requireEnabled(Transport transport) {
    if (!transports.contains(transport)) {
      throw new HttpError(
          400,
          "transport-disabled",
          "transport: "
              + transport.word()
              + " (expected: "
              + String.join(", ", transports.stream().map(Transport::word).toList())
              + ")");
    }
  }

  private void openWebSocket(Exchange exchange, FunctionRoute route) {
    String subprotocol = subprotocol(exchange);
    exchange
        .upgrade(subprotocol, route.webSocket())
        .onSuccess(connection -> open(connection, subprotocol != null, exchange, route))
        .onFailure(error -> exchange.fail(HttpError.of(error)));
  }

  private static @Nullable String subprotocol(Exchange exchange) {
    String offered = exchange.header("sec-websocket-protocol");
    return offered != null
            && Arrays.stream(offered.split(","))
                .map(String::strip)
                .anyMatch(WebSocketPort.JSON_SUBPROTOCOL::equals)
        ? WebSocketPort.JSON_SUBPROTOCOL
        : null;
  }

  private void open(
      WebSocketConnection connection, boolean json, Exchange exchange, FunctionRoute route) {
    WebSocketPort port = new WebSocketPort(connection, json);
    port.opened(
        sessions.open(
            fabric.currentLane(),
            route.function(),
            NAME,
            SessionProtocol.handshake(exchange),
            null,
            port));
  }
}
