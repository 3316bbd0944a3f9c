package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A node whose one route has a protocol that writes down what it is given to serve. */
final class ForwardingNode implements SessionProtocol {
  final FakeFabric fabric;
  final Dispatch dispatch;
  final List<Exchange> served = new ArrayList<>();
  final List<Integer> lanes = new ArrayList<>();

  ForwardingNode(FakeFabric.Net net, String id, int laneCount) {
    FunctionRoute route =
        new FunctionRoute(
            "/deli",
            "deli-counter",
            List.of("test"),
            List.of(),
            WebSocketLimits.DEFAULT,
            Duration.ofSeconds(25),
            Duration.ofSeconds(30),
            name -> Optional.empty());
    fabric = new FakeFabric(net, id, laneCount);
    dispatch =
        new Dispatch(
            fabric,
            asked -> Optional.of(route),
            List.of(this),
            (function, call) -> Future.failedFuture("not called"));
  }

  /** The id of a session that this node has on a lane. */
  SessionId session(int lane) {
    return new SessionId(fabric.self(), lane, "x".repeat(22));
  }

  Exchange last() {
    return served.get(served.size() - 1);
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public boolean takes(Exchange exchange, FunctionRoute route) {
    return true;
  }

  @Override
  public Optional<SessionId> sessionOf(Exchange exchange) {
    return SessionId.parse(exchange.query().getOrDefault("session", ""));
  }

  @Override
  public void serve(Exchange exchange, FunctionRoute route) {
    served.add(exchange);
    lanes.add(fabric.currentLane().index());
  }
}
