package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An external server that knows nothing of Selvedge: echoes what comes over a WebSocket, says its
 * name at {@code /name}, streams one event at {@code /events} and leaves {@code /hang} unanswered.
 */
final class EchoServer {
  private final String name;
  private final HttpServer server;
  private final AtomicInteger webSockets = new AtomicInteger();
  private final AtomicInteger hanging = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();

  private EchoServer(Vertx vertx, String name) {
    this.name = name;
    this.server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(4096));
    server.connectionHandler(
        connection -> {
          connections.incrementAndGet();
          connection.closeHandler(closed -> connections.decrementAndGet());
        });
    server.webSocketHandler(this::echo);
    server.requestHandler(this::answer);
  }

  static EchoServer start(Vertx vertx, String name) throws Exception {
    EchoServer echo = new EchoServer(vertx, name);
    Eventually.value(echo.server.listen(0, "127.0.0.1"));
    return echo;
  }

  private void echo(ServerWebSocket socket) {
    webSockets.incrementAndGet();
    socket.closeHandler(closed -> webSockets.decrementAndGet());
    socket.textMessageHandler(socket::writeTextMessage);
  }

  private void answer(HttpServerRequest request) {
    switch (request.path()) {
      case "/name" -> request.response().end(name);
      case "/events" -> {
        request.response().putHeader("content-type", "text/event-stream").setChunked(true);
        request.response().write("data: hello\n\n");
      }
      case "/hang" -> {
        hanging.incrementAndGet();
        request.response().closeHandler(closed -> hanging.decrementAndGet());
      }
      default -> request.response().setStatusCode(404).end();
    }
  }

  String address() {
    return "127.0.0.1:" + server.actualPort();
  }

  /** WebSockets that are open here. */
  int webSockets() {
    return webSockets.get();
  }

  /** Requests that hang here and whose connection is open. */
  int hanging() {
    return hanging.get();
  }

  int connections() {
    return connections.get();
  }
}
