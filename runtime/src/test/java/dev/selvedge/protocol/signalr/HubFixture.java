package dev.selvedge.protocol.signalr;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.SignalRConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.protocol.Dispatch;
import dev.selvedge.protocol.FakeClock;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeFabric;
import dev.selvedge.protocol.FakeSessions;
import dev.selvedge.protocol.FakeWebSocketConnection;
import dev.selvedge.protocol.SessionProtocol;
import dev.selvedge.session.SessionId;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One node, one lane; the hub {@code /chat}, and {@code /both} which also carries raw; the test is
 * the client, the function and time.
 */
final class HubFixture {
  static final String RS = "\u001e";
  static final String HELLO = "{\"protocol\":\"json\",\"version\":1}" + RS;
  static final String WELCOME = "{}" + RS;

  private static final WebSocketLimits LIMITS =
      new WebSocketLimits(64 * 1024, 256 * 1024, Duration.ofSeconds(25), Duration.ZERO, false);

  final FakeFabric fabric = new FakeFabric(new FakeFabric.Net(), "aaaaaaaa", 1);
  final FakeSessions sessions = new FakeSessions(fabric.self());
  final FakeClock clock = new FakeClock();
  final SignalRProtocol signalR;
  final Dispatch dispatch;
  int takenByRaw;

  HubFixture() {
    this(EdgeConfig.DEFAULT, SignalRConfig.DEFAULT);
  }

  HubFixture(SignalRConfig config) {
    this(EdgeConfig.DEFAULT, config);
  }

  HubFixture(EdgeConfig edge, SignalRConfig config) {
    signalR = new SignalRProtocol(fabric, sessions, edge, config, lane -> clock);
    FunctionRoute chat = route("/chat", List.of("signalr"));
    FunctionRoute both = route("/both", List.of("raw", "signalr"));
    dispatch =
        new Dispatch(
            fabric,
            asked ->
                Optional.of(asked.path().startsWith("/chat") ? chat : both)
                    .filter(route -> asked.path().startsWith(route.path())),
            List.of(signalR, new Raw()),
            (function, call) -> Future.succeededFuture("called"));
  }

  /** The defaults, but for this. */
  static SignalRConfig configured(
      int resumeBufferBytes, boolean detailedErrors, Optional<String> redirect) {
    SignalRConfig d = SignalRConfig.DEFAULT;
    return new SignalRConfig(
        d.keepAlive(),
        d.clientTimeout(),
        d.handshakeTimeout(),
        d.disconnectTimeout(),
        d.pollWait(),
        d.maxMessageBytes(),
        resumeBufferBytes,
        detailedErrors,
        redirect);
  }

  private static FunctionRoute route(String path, List<String> protocols) {
    return new FunctionRoute(
        path,
        path.substring(1),
        protocols,
        List.of(),
        LIMITS,
        Duration.ofSeconds(25),
        Duration.ofSeconds(30),
        name -> Optional.empty());
  }

  /** Another protocol, which would take every WebSocket. */
  private final class Raw implements SessionProtocol {
    @Override
    public String name() {
      return "raw";
    }

    @Override
    public boolean takes(Exchange exchange, FunctionRoute route) {
      return exchange.isWebSocketHandshake();
    }

    @Override
    public Optional<SessionId> sessionOf(Exchange exchange) {
      return Optional.empty();
    }

    @Override
    public void serve(Exchange exchange, FunctionRoute route) {
      takenByRaw++;
    }
  }

  FakeExchange ask(FakeExchange exchange) {
    fabric.on(0, () -> dispatch.handle(exchange));
    return exchange;
  }

  void on(Runnable task) {
    fabric.on(0, task);
  }

  void pass(long millis) {
    on(() -> clock.pass(millis));
  }

  /** What is answered in one go goes out now. */
  void settle() {
    pass(0);
  }

  FakeSessions.Opened session() {
    return sessions.last();
  }

  int connections() {
    return signalR.lane(0).size();
  }

  JsonObject negotiate(String... parameters) {
    FakeExchange exchange = new FakeExchange("POST", "/chat/negotiate");
    for (int i = 0; i < parameters.length; i += 2) {
      exchange.asking(parameters[i], parameters[i + 1]);
    }
    return ask(exchange).json();
  }

  /** The token of a new connection. */
  String token() {
    return negotiate("negotiateVersion", "1").getString("connectionToken");
  }

  static FakeExchange of(String token, String method) {
    return new FakeExchange(method, "/chat").asking("id", token);
  }

  FakeExchange post(String token, String body) {
    return ask(of(token, "POST").sending("text/plain;charset=UTF-8", Buffer.buffer(body)));
  }

  /** A connection over a WebSocket, before the handshake. */
  FakeWebSocketConnection webSocket(String token) {
    FakeWebSocketConnection socket = new FakeWebSocketConnection();
    ask(of(token, "GET").upgradingTo(socket));
    return socket;
  }

  /** A connection over a WebSocket, in JSON, behind the handshake. */
  FakeWebSocketConnection open() {
    FakeWebSocketConnection socket = webSocket(token());
    receive(socket, HELLO);
    socket.sent.clear();
    return socket;
  }

  /** A connection over a WebSocket that can be resumed, behind the handshake. */
  FakeWebSocketConnection openResumable(String token) {
    FakeWebSocketConnection socket = webSocket(token);
    receive(socket, HELLO.replace("1", "2"));
    socket.sent.clear();
    return socket;
  }

  String resumableToken() {
    return negotiate("negotiateVersion", "1", "useStatefulReconnect", "true")
        .getString("connectionToken");
  }

  void receive(FakeWebSocketConnection socket, String text) {
    on(() -> socket.receiveText(text));
  }

  /** Messages without their separators, each in one WebSocket message. */
  void receiveEach(FakeWebSocketConnection socket, String... messages) {
    for (String message : messages) {
      receive(socket, message + RS);
    }
  }

  void receiveBytes(FakeWebSocketConnection socket, byte[] bytes) {
    on(() -> socket.listener.message(false, Unpooled.wrappedBuffer(bytes)));
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
