package dev.selvedge.edge;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.TlsConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client listener: one port, and one more for TLS if there is a certificate, their connections
 * spread round-robin over the lanes' event loops.
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
  private @Nullable TlsListener tls;
  private int port;
  private int tlsPort;
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
   * Binds the ports and serves.
   *
   * @param contexts event-loop contexts, one for each lane, on different loops
   * @return fails with {@link ConfigException} if a port cannot be bound or a certificate not used
   */
  public static Future<EdgeServer> start(
      Vertx vertx,
      List<Context> contexts,
      EdgeConfig config,
      EdgeHandler handler,
      EdgeMetrics metrics) {
    EdgeHandler first =
        config
            .tls()
            .filter(tls -> tls.redirectPort() > 0)
            .<EdgeHandler>map(tls -> new HttpsRedirect(handler, tls.redirectPort()))
            .orElse(handler);
    EdgeServer server = new EdgeServer(vertx, contexts, config, first, metrics);
    return server
        .listen("edge.port", config.port(), EdgeLane::accept)
        .onSuccess(server::bound)
        .compose(bound -> server.startTls())
        .map(server)
        .recover(cause -> server.close().transform(closed -> Future.failedFuture(cause)));
  }

  private Future<Void> startTls() {
    TlsConfig wanted = config.tls().orElse(null);
    if (wanted == null) {
      return Future.succeededFuture();
    }
    return TlsListener.open(vertx, wanted)
        .onSuccess(this::opened)
        .compose(
            listener ->
                listen(
                    "edge.tls.port",
                    wanted.port(),
                    (lane, socket) -> lane.acceptTls(socket, listener)))
        .onSuccess(this::boundTls)
        .mapEmpty();
  }

  /**
   * Binds a port with a listener on each lane.
   *
   * @return the port, which is another one if {@code wanted} is 0
   */
  private Future<Integer> listen(String key, int wanted, BiConsumer<EdgeLane, NetSocket> accept) {
    SocketAddress address =
        wanted == 0
            ? SocketAddress.sharedRandomPort(
                ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE), config.host())
            : SocketAddress.inetSocketAddress(wanted, config.host());
    List<EdgeLane> others = lanes.subList(1, lanes.size());
    return listen(lanes.get(0), address, accept)
        .compose(
            bound ->
                Future.all(others.stream().map(lane -> listen(lane, address, accept)).toList())
                    .map(bound))
        .recover(cause -> Future.failedFuture(taken(key, wanted, config.host(), cause)));
  }

  private static ConfigException taken(String key, int port, String host, Throwable cause) {
    ConfigException error =
        new ConfigException(
            key, port, "a port that can be bound on " + host + "; " + cause.getMessage());
    error.initCause(cause);
    return error;
  }

  private Future<Integer> listen(
      EdgeLane lane, SocketAddress address, BiConsumer<EdgeLane, NetSocket> accept) {
    NetServer listener =
        vertx.createNetServer(new NetServerOptions().setAcceptBacklog(4096).setTcpNoDelay(true));
    listener.connectHandler(socket -> accept.accept(lane, socket));
    synchronized (this) {
      listeners.add(listener);
    }
    Promise<Integer> bound = Promise.promise();
    lane.context()
        .runOnContext(on -> listener.listen(address).map(NetServer::actualPort).onComplete(bound));
    return bound.future();
  }

  private synchronized void bound(int bound) {
    port = bound;
  }

  private synchronized void boundTls(int bound) {
    tlsPort = bound;
  }

  private synchronized void opened(TlsListener listener) {
    tls = listener;
  }

  /** The port that is bound. */
  public synchronized int port() {
    return port;
  }

  /** The port for TLS that is bound; 0 for none. */
  public synchronized int tlsPort() {
    return tlsPort;
  }

  /** Connections that count for the limit per address. */
  public int connections() {
    return limit.total();
  }

  /**
   * Closes the listening socket and idle HTTP connections. WebSockets, streams and requests in
   * progress go on, and so do connections that wait for their first request; each HTTP connection
   * closes with its answer.
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
        .compose(closed -> onEachLane(EdgeLane::release))
        .onComplete(released -> closeTls());
  }

  private synchronized void closeTls() {
    if (tls != null) {
      tls.close();
    }
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
