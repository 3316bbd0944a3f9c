package dev.selvedge.protocol.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.protocol.Dispatch;
import dev.selvedge.protocol.FakeClock;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeFabric;
import dev.selvedge.protocol.FakeSessions;
import dev.selvedge.protocol.FakeWebSocketConnection;
import dev.selvedge.protocol.RouteLookup;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One node, one lane; the functions {@code chat} at {@code /} with the namespace {@code /admin},
 * {@code deli} at {@code /deli}, {@code closed} at {@code /closed} for pages of one origin, and
 * {@code plain} at {@code /plain} without Socket.IO. The test is the client, the functions and
 * time.
 */
final class SocketIoFixture {
  /** As the protocol's test suite has it. */
  static final SocketIoConfig RULES =
      new SocketIoConfig(
          Duration.ofMillis(300),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofMillis(1000),
          1_000_000,
          List.of(SocketIoConfig.Transport.values()),
          Optional.empty());

  private static final List<FunctionRoute> ROUTES =
      List.of(
          route("/deli", "deli", List.of("socketio"), List.of(), List.of()),
          route("/closed", "closed", List.of("socketio"), List.of(), List.of("https://a.example")),
          route("/plain", "plain", List.of("raw"), List.of(), List.of()),
          route("/", "chat", List.of("raw", "socketio"), List.of("/admin"), List.of("*")));

  final FakeFabric fabric = new FakeFabric(new FakeFabric.Net(), "aaaaaaaa", 1);
  final FakeSessions sessions = new FakeSessions(fabric.self());
  final FakeClock clock = new FakeClock();
  final Dispatch dispatch;

  /** Whether there is a function at the root. */
  boolean rooted = true;

  SocketIoFixture() {
    this(RULES);
  }

  SocketIoFixture(SocketIoConfig rules) {
    RouteLookup routes = new Routes();
    dispatch =
        new Dispatch(
            fabric,
            routes,
            List.of(new SocketIoProtocol(fabric, sessions, rules, routes, lane -> clock)),
            (function, call) -> Future.succeededFuture("called"));
  }

  private static FunctionRoute route(
      String path,
      String function,
      List<String> protocols,
      List<String> namespaces,
      List<String> origins) {
    return new FunctionRoute(
        path,
        function,
        protocols,
        namespaces,
        origins,
        WebSocketLimits.DEFAULT,
        Duration.ofSeconds(25),
        Duration.ofSeconds(30),
        name -> Optional.empty());
  }

  private final class Routes implements RouteLookup {
    @Override
    public Optional<FunctionRoute> find(Exchange exchange) {
      String path = exchange.path() + "/";
      return ROUTES.stream()
          .filter(route -> rooted || !route.path().equals("/"))
          .filter(route -> path.startsWith(route.path().equals("/") ? "/" : route.path() + "/"))
          .findFirst();
    }

    @Override
    public Optional<FunctionRoute> at(String path) {
      return ROUTES.stream().filter(route -> route.path().equals(path)).findFirst();
    }

    @Override
    public Optional<FunctionRoute> without(String protocol) {
      return Optional.of(route("/", "", List.of(protocol), List.of(), List.of()));
    }
  }

  // The client.

  void on(Runnable task) {
    fabric.on(0, task);
  }

  void pass(long millis) {
    on(() -> clock.pass(millis));
  }

  FakeExchange ask(FakeExchange exchange) {
    on(() -> dispatch.handle(exchange));
    return exchange;
  }

  static FakeExchange request(String method, String path, String query) {
    FakeExchange exchange = new FakeExchange(method, path);
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        String[] parts = pair.split("=", 2);
        exchange.asking(parts[0], parts.length < 2 ? "" : parts[1]);
      }
    }
    return exchange;
  }

  static FakeExchange request(String method, String query) {
    return request(method, "/socket.io/", query);
  }

  /** Opens a session that polls; its id. */
  String openPolling() {
    FakeExchange opened = ask(request("GET", "EIO=4&transport=polling"));
    assertEquals(200, opened.status);
    return handshake(opened.answer.toString()).getString("sid");
  }

  static JsonObject handshake(String packet) {
    assertEquals('0', packet.charAt(0));
    return new JsonObject(packet.substring(1));
  }

  FakeExchange poll(String sid) {
    FakeExchange poll = ask(request("GET", "EIO=4&transport=polling&sid=" + sid));
    pass(0);
    return poll;
  }

  FakeExchange post(String sid, String payload) {
    FakeExchange post =
        ask(
            request("POST", "EIO=4&transport=polling&sid=" + sid)
                .sending("text/plain;charset=UTF-8", Buffer.buffer(payload)));
    pass(0);
    return post;
  }

  /** A WebSocket with that query. */
  FakeWebSocketConnection webSocket(String query) {
    FakeWebSocketConnection connection = new FakeWebSocketConnection();
    FakeExchange handshake = request("GET", query).upgradingTo(connection);
    ask(handshake);
    assertEquals(101, handshake.status);
    return connection;
  }

  FakeWebSocketConnection openWebSocket() {
    return webSocket("EIO=4&transport=websocket");
  }

  /** A client in the main namespace; what it was sent so far is forgotten. */
  FakeWebSocketConnection connected() {
    FakeWebSocketConnection client = openWebSocket();
    say(client, "40");
    accept();
    client.sent.clear();
    return client;
  }

  void say(FakeWebSocketConnection client, String text) {
    on(() -> client.receiveText(text));
  }

  void accept() {
    on(() -> session().port.accepted());
  }

  FakeSessions.Opened session() {
    return sessions.last();
  }
}
