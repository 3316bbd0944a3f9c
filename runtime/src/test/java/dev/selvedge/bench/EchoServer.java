package dev.selvedge.bench;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.TlsConfig;
import dev.selvedge.edge.EdgeMetrics;
import dev.selvedge.edge.EdgeServer;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real edge without functions: {@code /echo} sends back, {@code /mute} does not, {@code /cut}
 * closes with 1011 on the first message, {@code /room} sends each message to everyone after a
 * {@code join}, {@code /welcome} greets and echoes. It takes so many WebSockets and refuses more.
 */
final class EchoServer implements AutoCloseable {
  private static final WebSocketLimits LIMITS =
      new WebSocketLimits(1 << 20, 1 << 20, Duration.ZERO, Duration.ZERO, false);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final AtomicInteger free;
  private final Set<WebSocketConnection> room = ConcurrentHashMap.newKeySet();
  private final EdgeServer server;

  EchoServer(int most) throws Exception {
    this(most, Optional.empty());
  }

  EchoServer(int most, Optional<TlsConfig> tls) throws Exception {
    free = new AtomicInteger(most);
    List<Context> lane = List.of(((VertxInternal) vertx).createEventLoopContext());
    server =
        EdgeServer.start(vertx, lane, config(tls), this::handle, new Unmeasured())
            .await(30, TimeUnit.SECONDS);
  }

  private static EdgeConfig config(Optional<TlsConfig> tls) {
    EdgeConfig d = EdgeConfig.DEFAULT;
    return new EdgeConfig(
        "127.0.0.1",
        0,
        d.maxHeaderBytes(),
        d.maxBodyBytes(),
        d.headerDeadline(),
        d.bodyDeadline(),
        d.keepAlive(),
        0,
        d.trustedProxies(),
        d.proxyProtocol(),
        d.origins(),
        d.transports(),
        d.webSocket(),
        d.longPollWait(),
        d.linger(),
        tls);
  }

  Target target(String path) {
    return Target.parse("ws://127.0.0.1:" + server.port() + path);
  }

  Target secureTarget(String path) {
    return Target.parse("wss://127.0.0.1:" + server.tlsPort() + path);
  }

  private void handle(Exchange exchange) {
    if (free.getAndDecrement() <= 0) {
      exchange.fail(new HttpError(503, "full", "no more"));
      return;
    }
    String header = exchange.header("x-test");
    if (header != null && !header.equals("yes")) {
      exchange.fail(new HttpError(400, "bad", header));
      return;
    }
    exchange
        .upgrade(null, LIMITS)
        .onSuccess(socket -> socket.listen(listener(exchange.path(), socket)));
  }

  private WebSocketConnection.Listener listener(String path, WebSocketConnection socket) {
    return switch (path) {
      case "/socket.io/" -> ScriptedTalk.socketIo(socket, room);
      case "/hub", "/hub/closed" -> ScriptedTalk.signalR(socket, room, path.endsWith("closed"));
      default -> new Answers(path, socket);
    };
  }

  private final class Answers implements WebSocketConnection.Listener {
    private final String path;
    private final WebSocketConnection socket;

    Answers(String path, WebSocketConnection socket) {
      this.path = path;
      this.socket = socket;
      if (path.equals("/welcome")) {
        socket.send(true, "hello there".getBytes(StandardCharsets.UTF_8));
      }
    }

    @Override
    public void message(boolean text, ByteBuf payload) {
      switch (path) {
        case "/mute" -> {}
        case "/cut" -> socket.close(new CloseReason(1011, "cut", false));
        case "/room" -> publish(payload);
        default -> socket.send(text, ByteBufUtil.getBytes(payload));
      }
    }

    private void publish(ByteBuf payload) {
      if (payload.toString(StandardCharsets.UTF_8).equals("join")) {
        room.add(socket);
        socket.send(true, "you have joined".getBytes(StandardCharsets.UTF_8));
      } else {
        byte[] said = ByteBufUtil.getBytes(payload);
        room.forEach(member -> member.send(true, said));
      }
    }

    @Override
    public void closed(CloseReason reason) {
      room.remove(socket);
    }
  }

  private static final class Unmeasured implements EdgeMetrics {
    @Override
    public void connectionOpened() {}

    @Override
    public void connectionClosed() {}

    @Override
    public void webSocketOpened() {}

    @Override
    public void webSocketClosed(int code) {}
  }

  @Override
  public void close() throws Exception {
    server.close().await(30, TimeUnit.SECONDS);
    vertx.close().await(30, TimeUnit.SECONDS);
  }
}
