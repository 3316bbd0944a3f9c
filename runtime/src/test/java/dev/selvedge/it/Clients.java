package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.util.ArrayList;
import java.util.List;

/** Makes clients of the raw protocol. */
final class Clients {
  private static final int MANY = 5_000;

  private final WebSocketClient sockets;
  private final HttpClient http;

  Clients(Vertx vertx) {
    sockets =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxConnections(MANY).setConnectTimeout(60_000));
    http =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(60_000),
            new PoolOptions().setHttp1MaxSize(MANY));
  }

  /** A WebSocket at that node. */
  SocketClient socket(TestNode node, String path) throws Exception {
    return sockets(node, path, 1).get(0);
  }

  /** So many WebSockets at that node, opened at the same time. */
  List<SocketClient> sockets(TestNode node, String path, int count) throws Exception {
    List<SocketClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SocketClient client = new SocketClient(sockets);
      client.connect(node.clientPort(), path);
      clients.add(client);
    }
    Eventually.value(Future.all(clients.stream().map(TestClient::opened).toList()));
    return clients;
  }

  /** An event stream from one node and posts to another. */
  StreamClient stream(TestNode from, TestNode to, String path) throws Exception {
    StreamClient client = new StreamClient(http, from.clientPort(), to.clientPort(), path);
    client.connect();
    Eventually.value(client.opened());
    return client;
  }

  /** Long-polls at one node and posts to another. */
  PollClient poll(TestNode from, TestNode to, String path) throws Exception {
    PollClient client = new PollClient(http, from.clientPort(), to.clientPort(), path);
    client.connect();
    Eventually.value(client.opened());
    return client;
  }

  void close() {
    sockets.close();
    http.close();
  }
}
