package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.TlsConfig;
import dev.selvedge.function.CloseReason;
import dev.selvedge.testing.TestTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A running edge on two event loops. */
public final class EdgeFixture implements AutoCloseable, EdgeMetrics {
  final Vertx vertx = TestTransport.fabric().vertx();
  final AtomicInteger open = new AtomicInteger();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger webSockets = new AtomicInteger();
  final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();
  private final EdgeServer server;

  EdgeFixture(EdgeConfig config, EdgeHandler handler) {
    this.server = await(EdgeServer.start(vertx, lanes(vertx), config, handler, this));
  }

  static List<Context> lanes(Vertx vertx) {
    VertxInternal internal = (VertxInternal) vertx;
    return List.of(internal.createEventLoopContext(), internal.createEventLoopContext());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static void until(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertTrue(condition.getAsBoolean());
  }

  int port() {
    return server.port();
  }

  int tlsPort() {
    return server.tlsPort();
  }

  EdgeServer server() {
    return server;
  }

  /** Waits until no client of an earlier test is there, and forgets what became of them. */
  void forgetEarlierClients() throws InterruptedException {
    until(() -> open.get() == 0 && webSockets.get() == 0);
    for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
      loop.submit(() -> {}).sync(); // behind what the last one's end still does
    }
    closed.clear();
  }

  CloseReason nextClosed() throws InterruptedException {
    CloseReason reason = closed.poll(60, TimeUnit.SECONDS);
    assertTrue(reason != null, "a WebSocket is over");
    return reason;
  }

  /** An edge whose WebSockets echo. */
  static EdgeFixture echo(WebSocketLimits limits) {
    EdgeFixture[] self = new EdgeFixture[1];
    self[0] =
        new EdgeFixture(
            config(),
            exchange ->
                exchange
                    .upgrade(null, limits)
                    .onSuccess(socket -> socket.listen(new Echo(socket, self[0].closed))));
    return self[0];
  }

  record Echo(WebSocketConnection socket, BlockingQueue<CloseReason> closes)
      implements WebSocketConnection.Listener {
    @Override
    public void message(boolean text, ByteBuf payload) {
      socket.send(text, ByteBufUtil.getBytes(payload));
    }

    @Override
    public void closed(CloseReason reason) {
      closes.add(reason);
    }
  }

  /** Runs what belongs to an exchange that a handler has handed out. */
  void onLoopOf(Exchange exchange, Runnable action) {
    ((HttpExchange) exchange).lane().context().runOnContext(on -> action.run());
  }

  static void ok(Exchange exchange, String body) {
    exchange.respond(200, Map.of("content-type", "text/plain"), Buffer.buffer(body));
  }

  static EdgeConfig config() {
    return config(
        Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(75), 0, List.of());
  }

  /** A certificate's files; nothing else differs from the defaults. */
  static TlsConfig tls(Duration handshakeDeadline, TestCertificate... certificates) {
    return new TlsConfig(
        0,
        Stream.of(certificates).map(TestCertificate::certificate).toList(),
        Stream.of(certificates).map(TestCertificate::key).toList(),
        "TLSv1.2",
        handshakeDeadline,
        Duration.ofDays(1),
        0);
  }

  static EdgeConfig with(EdgeConfig d, TlsConfig tls) {
    return new EdgeConfig(
        d.host(),
        d.port(),
        d.maxHeaderBytes(),
        d.maxBodyBytes(),
        d.headerDeadline(),
        d.bodyDeadline(),
        d.keepAlive(),
        d.maxConnectionsPerIp(),
        d.trustedProxies(),
        d.proxyProtocol(),
        d.origins(),
        d.transports(),
        d.webSocket(),
        d.longPollWait(),
        d.linger(),
        Optional.of(tls));
  }

  /** The same behind proxies that say with a PROXY header who their clients are. */
  public static EdgeConfig behindProxy(EdgeConfig d, int perAddress, String... proxies) {
    return new EdgeConfig(
        d.host(),
        d.port(),
        d.maxHeaderBytes(),
        d.maxBodyBytes(),
        d.headerDeadline(),
        d.bodyDeadline(),
        d.keepAlive(),
        perAddress,
        List.of(proxies),
        true,
        d.origins(),
        d.transports(),
        d.webSocket(),
        d.longPollWait(),
        d.linger(),
        d.tls());
  }

  static EdgeConfig config(
      Duration headers, Duration body, Duration keepAlive, int perAddress, List<String> proxies) {
    EdgeConfig d = EdgeConfig.DEFAULT;
    return new EdgeConfig(
        "127.0.0.1",
        0,
        d.maxHeaderBytes(),
        64 * 1024,
        headers,
        body,
        keepAlive,
        perAddress,
        proxies,
        d.proxyProtocol(),
        d.origins(),
        d.transports(),
        d.webSocket(),
        d.longPollWait(),
        d.linger(),
        d.tls());
  }

  @Override
  public void connectionOpened() {
    open.incrementAndGet();
    opened.incrementAndGet();
  }

  @Override
  public void connectionClosed() {
    open.decrementAndGet();
  }

  @Override
  public void webSocketOpened() {
    webSockets.incrementAndGet();
  }

  @Override
  public void webSocketClosed(int code) {
    webSockets.decrementAndGet();
  }

  @Override
  public void close() {
    await(server.close());
    await(vertx.close());
  }
}
