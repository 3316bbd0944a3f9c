package dev.selvedge.edge;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.EdgeConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * The client listener: one port, its connections spread round-robin over the lanes' event loops.
 *
 * <p>Vert.x accepts; each socket's Netty pipeline is then this package's own ({@link EdgeLane}),
 * HTTP/1.1 first ({@link HttpConnection}) and, after a handshake, WebSocket ({@link
 * WebSocketChannel}): that is what an idle connection's memory and a message's CPU are decided by.
 *
 * <p>Thread-safe.
 */
public final class EdgeServer {
  private static final Duration UNLIMITED = Duration.ofDays(3650);

  private final Vertx vertx;
  private final EdgeConfig config;
  private final List<EdgeLane> lanes = new ArrayList<>();
  private final List<NetServer> listeners = new ArrayList<>();
  private final AddressLimit limit;
  private int port;
  private boolean draining;
  private Future<Void> drained = Future.succeededFuture();

  private EdgeServer(
      Vertx vertx,
      List<Context> contexts,
      EdgeConfig config,
      EdgeHandler handler,
      EdgeMetrics metrics) {
    this.vertx = vertx;
    this.config = config;
    this.limit = new AddressLimit(config.maxConnectionsPerIp());
    ProxyTrust proxies = new ProxyTrust(config.trustedProxies());
    for (Context context : contexts) {
      lanes.add(new EdgeLane((ContextInternal) context, config, handler, metrics, limit, proxies));
    }
  }

  /**
   * Binds the port and serves.
   *
   * @param contexts event-loop contexts, one for each lane, on different loops
   * @return fails with {@link ConfigException} if the port cannot be bound
   */
  public static Future<EdgeServer> start(
      Vertx vertx,
      List<Context> contexts,
      EdgeConfig config,
      EdgeHandler handler,
      EdgeMetrics metrics) {
    EdgeServer server = new EdgeServer(vertx, contexts, config, handler, metrics);
    SocketAddress address =
        config.port() == 0
            ? SocketAddress.sharedRandomPort(
                ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE), config.host())
            : SocketAddress.inetSocketAddress(config.port(), config.host());
    List<EdgeLane> others = server.lanes.subList(1, server.lanes.size());
    return server
        .listen(server.lanes.get(0), address)
        .compose(bound -> Future.all(others.stream().map(l -> server.listen(l, address)).toList()))
        .map(server)
        .recover(
            cause -> server.close().transform(closed -> Future.failedFuture(taken(config, cause))));
  }

  private static ConfigException taken(EdgeConfig config, Throwable cause) {
    ConfigException error =
        new ConfigException(
            "edge.port",
            config.port(),
            "a port that can be bound on " + config.host() + "; " + cause.getMessage());
    error.initCause(cause);
    return error;
  }

  private Future<Void> listen(EdgeLane lane, SocketAddress address) {
    NetServer listener =
        vertx.createNetServer(new NetServerOptions().setAcceptBacklog(4096).setTcpNoDelay(true));
    listener.connectHandler(lane::accept);
    synchronized (this) {
      listeners.add(listener);
    }
    Promise<Void> bound = Promise.promise();
    lane.context()
        .runOnContext(
            on ->
                listener.listen(address).onSuccess(this::bound).<Void>mapEmpty().onComplete(bound));
    return bound.future();
  }

  private synchronized void bound(NetServer listener) {
    port = listener.actualPort();
  }

  /** The port that is bound. */
  public synchronized int port() {
    return port;
  }

  /** Connections that count for the limit per address. */
  public int connections() {
    return limit.total();
  }

  /**
   * Closes the listening socket and idle HTTP connections. WebSockets, streams and requests in
   * progress go on; each HTTP connection closes with its answer.
   *
   * @return when every lane drains; the kernel may hand a last connection to nobody meanwhile,
   *     which is then closed unanswered
   */
  public Future<Void> stopAccepting() {
    synchronized (this) {
      if (draining) {
        return Future.succeededFuture();
      }
      draining = true;
      drained = Future.join(listeners.stream().map(l -> l.shutdown(UNLIMITED)).toList()).mapEmpty();
    }
    return onEachLane(EdgeLane::drain);
  }

  /** Closes the listening socket and every connection, WebSockets with 1001 (going away). */
  public Future<Void> close() {
    return stopAccepting()
        .compose(draining -> onEachLane(EdgeLane::shutDown))
        .compose(closing -> drainedConnections())
        .compose(closed -> onEachLane(EdgeLane::release));
  }

  private synchronized Future<Void> drainedConnections() {
    return drained;
  }

  private Future<Void> onEachLane(Consumer<EdgeLane> action) {
    List<Future<Void>> done = new ArrayList<>();
    for (EdgeLane lane : lanes) {
      Promise<Void> promise = Promise.promise();
      lane.context()
          .runOnContext(
              on -> {
                action.accept(lane);
                promise.complete();
              });
      done.add(promise.future());
    }
    return Future.all(done).mapEmpty();
  }
}
