package dev.selvedge.protocol.socketio;

import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.session.SessionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The Engine.IO sessions of one lane, and the requests to them. Confined to it. */
final class EngineServer {
  private static final String VERSION = "4";

  /** Makes something of a new session's messages. */
  interface Acceptor {
    EngineSession.Listener accept(EngineSession session, Exchange handshake, FunctionRoute route);
  }

  private final Supplier<SessionId> newIds;
  private final LaneClock clock;
  private final SocketIoConfig rules;
  private final Acceptor acceptor;
  private final WebSocketLimits compressed;
  private final WebSocketLimits uncompressed;
  private final Map<String, EngineSession> sessions = new HashMap<>();

  /**
   * @param newIds ids that lead to this lane, of 20 characters
   */
  EngineServer(
      Supplier<SessionId> newIds, LaneClock clock, SocketIoConfig rules, Acceptor acceptor) {
    this.newIds = newIds;
    this.clock = clock;
    this.rules = rules;
    this.acceptor = acceptor;
    this.compressed = limits(rules, true);
    this.uncompressed = limits(rules, false);
  }

  /** Serves a request, with the checks in the order of the protocol. */
  void serve(Exchange exchange, FunctionRoute route) {
    Optional<SocketIoConfig.Transport> transport = transport(exchange);
    String sid = exchange.query().get("sid");
    if (transport.isEmpty()) {
      EngineRefusal.UNKNOWN_TRANSPORT.answer(exchange);
    } else if (hasInvalidOrigin(exchange)) {
      EngineRefusal.BAD_REQUEST.answer(exchange);
    } else if (sid != null) {
      goOn(exchange, route, sid, transport.get());
    } else {
      begin(exchange, route, transport.get());
    }
  }

  private Optional<SocketIoConfig.Transport> transport(Exchange exchange) {
    String name = exchange.query().get("transport");
    return rules.transports().stream().filter(one -> one.word().equals(name)).findFirst();
  }

  /** As Node says it: anything but a visible character, a space or a byte of the upper half. */
  private static boolean hasInvalidOrigin(Exchange exchange) {
    String origin = exchange.header("origin");
    return origin != null && !origin.chars().allMatch(c -> c >= ' ' && c != 0x7f && c <= 0xff);
  }

  // Requests of a session.

  private void goOn(
      Exchange exchange, FunctionRoute route, String sid, SocketIoConfig.Transport transport) {
    EngineSession session = sessions.get(sid);
    boolean webSocket = transport == SocketIoConfig.Transport.WEBSOCKET;
    if (session == null || session.hasExpired()) {
      EngineRefusal.UNKNOWN_SID.answer(exchange);
    } else if (exchange.isWebSocketHandshake() != webSocket) {
      EngineRefusal.BAD_REQUEST.answer(exchange);
    } else if (webSocket) {
      exchange
          .upgrade(null, limits(route))
          .onSuccess(session::upgrade)
          .onFailure(error -> exchange.fail(HttpError.of(error)));
    } else {
      switch (exchange.method()) {
        case "GET" -> session.poll(exchange);
        case "POST" -> session.post(exchange);
        default -> EngineAnswers.badMethod(exchange);
      }
    }
  }

  // Handshakes.

  private void begin(Exchange exchange, FunctionRoute route, SocketIoConfig.Transport transport) {
    boolean webSocket = transport == SocketIoConfig.Transport.WEBSOCKET;
    if (!exchange.method().equals("GET")) {
      EngineRefusal.BAD_HANDSHAKE_METHOD.answer(exchange);
    } else if (exchange.isWebSocketHandshake() != webSocket) {
      EngineRefusal.BAD_REQUEST.answer(exchange);
    } else if (!VERSION.equals(exchange.query().get("EIO"))) {
      EngineRefusal.UNSUPPORTED_VERSION.answer(exchange);
    } else if (webSocket) {
      exchange
          .upgrade(null, limits(route))
          .onSuccess(connection -> open(exchange, route, connection))
          .onFailure(error -> exchange.fail(HttpError.of(error)));
    } else {
      EngineSession session = newSession(exchange);
      session.openPolling(exchange, acceptor.accept(session, exchange, route));
    }
  }

  private void open(Exchange exchange, FunctionRoute route, WebSocketConnection connection) {
    EngineSession session = newSession(exchange);
    session.openWebSocket(connection, acceptor.accept(session, exchange, route));
  }

  private EngineSession newSession(Exchange exchange) {
    String sid = newIds.get().toString();
    boolean base64 = exchange.query().containsKey("b64");
    EngineSession session =
        new EngineSession(sid, base64, rules, clock, () -> sessions.remove(sid));
    sessions.put(sid, session);
    return session;
  }

  private WebSocketLimits limits(FunctionRoute route) {
    return route.webSocket().compression() ? compressed : uncompressed;
  }

  /** The protocol has a heartbeat of its own. */
  private static WebSocketLimits limits(SocketIoConfig rules, boolean compression) {
    return new WebSocketLimits(
        rules.maxPayloadBytes(),
        rules.maxPayloadBytes(),
        Duration.ZERO,
        Duration.ZERO,
        compression);
  }
}
