package dev.selvedge.protocol;

import dev.selvedge.edge.EdgeHandler;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Passes exchanges on to the lane that has their session, on another node or on this one, and the
 * answers back; so a client may send each request to any node, and code of a session runs on the
 * session's lane only. Within a node nothing is encoded.
 *
 * <p>A client's exchange ({@link PassedOn}) and its likeness at the session ({@link
 * ForwardedExchange}) are each confined to their lane; between them go {@link ExchangeEnvelope}s,
 * in order. An answer in chunks has at most {@link ForwardedExchange#WINDOW} bytes under way that
 * the client's connection has not taken. Of a WebSocket ({@link PassedOnSocket}, {@link
 * ForwardedSocket}) whole messages go to and fro.
 */
final class Forwarding implements Envelope.Receiver, Membership.Listener {
  /** Names an exchange to the node that has its session. */
  record Key(NodeId client, int clientLane, long number) {}

  /** What one lane takes part in. */
  private static final class LaneExchanges {
    final Map<Long, PassedOn> passedOn = new HashMap<>();
    final Map<Key, ForwardedExchange> served = new HashMap<>();
    long lastNumber;
  }

  private final Fabric fabric;
  private final NodeId self;
  private final EdgeHandler handler;
  private final List<LaneExchanges> lanes;

  /**
   * Registers its envelopes, so that the fabric must not have been started.
   *
   * @param handler serves the exchanges that come from elsewhere
   */
  Forwarding(Fabric fabric, EdgeHandler handler) {
    this.fabric = fabric;
    this.self = fabric.membership().self();
    this.handler = handler;
    this.lanes = fabric.lanes().stream().map(lane -> new LaneExchanges()).toList();
    ExchangeEnvelope.receiveWith(fabric, this);
    fabric.membership().addListener(this);
  }

  /** Whether the session's lane of the node that has it is not the calling one. */
  boolean isElsewhere(SessionId session, NodeId edge) {
    return !edge.equals(self) || !fabric.lane(session.lane()).isCurrent();
  }

  /**
   * Passes the exchange on to the session's lane.
   *
   * @param edge the node that has it
   * @param patient whether to wait for a node that is there but does not answer: until it does, or
   *     is gone; if not, it is not asked, and the client told to come back
   * @param otherwise what to do if the node is gone, unless the answer has begun
   */
  void pass(
      Exchange exchange, SessionId session, NodeId edge, boolean patient, Runnable otherwise) {
    if (fabric.membership().node(edge).isEmpty()) {
      otherwise.run();
      return;
    }
    if (!patient && !fabric.membership().isReachable(edge)) {
      exchange.fail(unreachable(edge));
      return;
    }
    Future<Buffer> whole =
        exchange.isWebSocketHandshake() ? Future.succeededFuture(Buffer.buffer()) : exchange.body();
    whole
        .onSuccess(body -> pass(exchange, body, session, edge, otherwise))
        .onFailure(error -> exchange.fail(HttpError.of(error)));
  }

  private void pass(
      Exchange exchange, Buffer body, SessionId session, NodeId edge, Runnable otherwise) {
    Lane lane = fabric.currentLane();
    LaneExchanges exchanges = lanes.get(lane.index());
    long number = ++exchanges.lastNumber;
    PassedOn passed = new PassedOn(this, lane, session, edge, number, exchange, otherwise);
    exchanges.passedOn.put(number, passed);
    if (!passed.start(body)) {
      exchanges.passedOn.remove(number);
      otherwise.run();
    }
  }

  /**
   * It is frozen or cut off: either it comes back, or the cluster will soon say that it is gone.
   */
  private static HttpError unreachable(NodeId node) {
    return new HttpError(
        503,
        "node-unreachable",
        "node " + node + ", which has the session, does not answer",
        Map.of("retry-after", "2"));
  }

  /** Sends from the calling lane; false if the node is gone. */
  boolean send(Lane from, NodeId to, ExchangeEnvelope envelope) {
    if (!to.equals(self)) {
      return from.send(to, envelope);
    }
    receive(from, self, envelope);
    return true;
  }

  // What arrives is first handed to the lane that it is for.

  @Override
  public void receive(Lane lane, NodeId from, Envelope envelope) {
    if (envelope instanceof ExchangeEnvelope exchange) {
      Lane to = fabric.lane(exchange.toLane());
      to.run(() -> handle(to, from, exchange));
    }
  }

  private void handle(Lane lane, NodeId from, ExchangeEnvelope envelope) {
    if (envelope instanceof ExchangeEnvelope.Request request) {
      serve(lane, from, request);
      return;
    }
    LaneExchanges exchanges = lanes.get(lane.index());
    if (envelope.isForSession()) {
      ForwardedExchange served =
          exchanges.served.get(new Key(from, envelope.clientLane(), envelope.exchange()));
      if (served != null) {
        served.receive(envelope);
      }
    } else {
      PassedOn passed = exchanges.passedOn.get(envelope.exchange());
      if (passed != null) {
        passed.receive(envelope);
      }
    }
  }

  private void serve(Lane lane, NodeId from, ExchangeEnvelope.Request request) {
    Key key = new Key(from, request.clientLane(), request.exchange());
    ForwardedExchange exchange = new ForwardedExchange(this, lane, key, request);
    lanes.get(lane.index()).served.put(key, exchange);
    try {
      handler.handle(exchange);
    } catch (RuntimeException e) {
      exchange.fail(HttpError.of(e));
      throw e;
    }
  }

  /** The client's side of the exchange is over. */
  void forget(Lane lane, long number) {
    lanes.get(lane.index()).passedOn.remove(number);
  }

  /** The session's side of the exchange is over. */
  void forget(Lane lane, Key key) {
    lanes.get(lane.index()).served.remove(key);
  }

  @Override
  public void left(Node node) {
    for (Lane lane : fabric.lanes()) {
      lane.run(() -> lost(lanes.get(lane.index()), node.id()));
    }
  }

  private static void lost(LaneExchanges exchanges, NodeId node) {
    List.copyOf(exchanges.passedOn.values()).stream()
        .filter(passed -> passed.edge().equals(node))
        .forEach(PassedOn::sessionLost);
    List.copyOf(exchanges.served.values()).stream()
        .filter(served -> served.key().client().equals(node))
        .forEach(ForwardedExchange::abort);
  }
}
