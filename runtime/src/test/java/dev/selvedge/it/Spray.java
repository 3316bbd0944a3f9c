package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands before a cluster without any stickiness: gives each connection to the next node, and
 * passes over one that does not answer.
 */
final class Spray {
  private final NetServer server;
  private final NetClient client;
  private final List<Integer> ports;
  private final AtomicInteger turn = new AtomicInteger();

  private Spray(Vertx vertx, List<Integer> ports) {
    this.ports = List.copyOf(ports);
    this.server = vertx.createNetServer();
    this.client = vertx.createNetClient();
    server.connectHandler(this::accept);
  }

  static Spray over(Vertx vertx, List<TestNode> nodes) throws Exception {
    Spray spray = new Spray(vertx, nodes.stream().map(TestNode::clientPort).toList());
    Eventually.value(spray.server.listen(0, "127.0.0.1"));
    return spray;
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private void accept(NetSocket socket) {
    socket.pause();
    connect(ports.size())
        .onFailure(nobody -> socket.close())
        .onSuccess(
            node -> {
              socket.pipeTo(node);
              node.pipeTo(socket);
            });
  }

  private Future<NetSocket> connect(int attempts) {
    int port = ports.get(Math.floorMod(turn.getAndIncrement(), ports.size()));
    return client
        .connect(port, "127.0.0.1")
        .recover(gone -> attempts > 1 ? connect(attempts - 1) : Future.failedFuture(gone));
  }
}
