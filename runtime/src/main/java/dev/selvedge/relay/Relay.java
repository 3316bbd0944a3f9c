package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.Origins;
import dev.selvedge.router.Pool;
import dev.selvedge.router.Pools;
import dev.selvedge.router.Route;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Passes an exchange on to a member of a pool, on the event loop of the client's socket: the
 * member's socket lives on the same one, so that no byte changes threads. Any thread.
 */
public final class Relay {
  private final Pools pools;
  private final Transports transports;
  private final @Nullable AccessLog log;
  private final Map<EventLoop, LaneRelay> lanes = new ConcurrentHashMap<>();

  /**
   * @param pools all pools of this node: no member sees a sticky cookie of any of them
   */
  public Relay(Vertx vertx, Pools pools) {
    this(vertx, pools, null);
  }

  /**
   * @param log null for none
   */
  public Relay(Vertx vertx, Pools pools, @Nullable AccessLog log) {
    this.pools = pools;
    this.transports = new Transports(vertx);
    this.log = log;
  }

  /**
   * Passes it on, whatever comes of it.
   *
   * @throws HttpError if the request may not go to members
   */
  void pass(Exchange exchange, ExchangeView view, Route route, Pool pool) {
    if (!(exchange instanceof ClientExchange client)) {
      throw new IllegalStateException("only an exchange of a client of this node can be relayed");
    }
    if (!route.origins().isEmpty() && !Origins.allows(client, route.origins())) {
      throw Origins.refusal();
    }
    if (client.method().equals("TRACE") || client.method().equals("CONNECT")) {
      throw new HttpError(405, "method-refused", client.method() + " is not passed on");
    }
    if (client.isWebSocketHandshake()) {
      client.checkHandshake();
    }
    LaneRelay lane =
        lanes.computeIfAbsent(
            client.loop(), loop -> new LaneRelay(loop, client.wheel(), transports));
    Access access = log == null ? null : Access.of(log, client, route, pool.name());
    new RelayedRequest(lane, client, view, route, pool, pools::isStickyCookie, access).begin();
  }

  /** What is told of exchanges that are over; null for nothing. */
  @Nullable AccessLog log() {
    return log;
  }

  /** For tests: the most bytes that wait for one side of a tunnel. To be called on the loop. */
  long mostPending(EventLoop loop) {
    LaneRelay lane = lanes.get(loop);
    long[] most = new long[1];
    if (lane != null) {
      lane.wheel()
          .forEach(
              owner -> {
                if (owner instanceof Tunnel tunnel) {
                  most[0] = Math.max(most[0], tunnel.mostPending());
                }
              });
    }
    return most[0];
  }
}
