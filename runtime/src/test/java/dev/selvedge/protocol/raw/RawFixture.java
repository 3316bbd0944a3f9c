package dev.selvedge.protocol.raw;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.protocol.Dispatch;
import dev.selvedge.protocol.FakeClock;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeFabric;
import dev.selvedge.protocol.FakeSessions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One node, one lane, the route {@code /deli}; the test is the client, the function and time. */
final class RawFixture {
  static final FunctionRoute ROUTE =
      new FunctionRoute(
          "/deli",
          "deli-counter",
          List.of("raw"),
          List.of(),
          new WebSocketLimits(1_024, 2_048, Duration.ofSeconds(25), Duration.ZERO, false),
          Duration.ofSeconds(25),
          Duration.ofSeconds(30),
          name -> Optional.empty());

  final FakeFabric fabric = new FakeFabric(new FakeFabric.Net(), "aaaaaaaa", 1);
  final FakeSessions sessions = new FakeSessions(fabric.self());
  final FakeClock clock = new FakeClock();
  final Dispatch dispatch;

  RawFixture() {
    this(EdgeConfig.DEFAULT);
  }

  RawFixture(EdgeConfig config) {
    RawProtocol raw = new RawProtocol(fabric, sessions, config, lane -> clock);
    dispatch =
        new Dispatch(
            fabric,
            asked -> asked.path().startsWith("/deli") ? Optional.of(ROUTE) : Optional.empty(),
            List.of(raw),
            (function, call) -> Future.succeededFuture("called"));
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

  FakeSessions.Opened session() {
    return sessions.last();
  }

  /** A request of the session that an {@code open} answer described. */
  static FakeExchange of(JsonObject opened, String method) {
    return new FakeExchange(method, "/deli")
        .with("x-selvedge-session", opened.getString("session"))
        .with("x-selvedge-token", opened.getString("token"));
  }
}
