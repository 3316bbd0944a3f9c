package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands before a cluster without any stickiness: gives each connection to another node than
 * the one before, and passes over one that does not answer.
 */
final class Spray {
  /** Nodes are tried in turn by all connections together, so that one may meet the same again. */
  private static final int ATTEMPTS = 60;

  private final NetServer server;
  private final NetClient client;
  private final List<Integer> ports;
  private final Map<Integer, AtomicInteger> open = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile int avoided;

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
    connect(ATTEMPTS)
        .onFailure(nobody -> socket.close())
        .onSuccess(
            node -> {
              AtomicInteger count = count(node.remoteAddress().port());
              count.incrementAndGet();
              node.closeHandler(closed -> count.decrementAndGet());
              socket.pipeTo(node);
              node.pipeTo(socket);
            });
  }

  private AtomicInteger count(int port) {
    return open.computeIfAbsent(port, first -> new AtomicInteger());
  }

  /** Gives that node no more connections. */
  void avoid(TestNode node) {
    avoided = node.clientPort();
  }

  /** Connections that are open to a node. */
  int connections(TestNode node) {
    return count(node.clientPort()).get();
  }

  /** Not one after the other: clients that all do the same would meet at one node again. */
  private Future<NetSocket> connect(int attempts) {
    int step = ThreadLocalRandom.current().nextInt(1, ports.size());
    int port = ports.get(Math.floorMod(turn.addAndGet(step), ports.size()));
    Future<NetSocket> connected =
        port == avoided ? Future.failedFuture("avoided") : client.connect(port, "127.0.0.1");
    return connected.recover(
        gone -> attempts > 1 ? connect(attempts - 1) : Future.failedFuture(gone));
  }
}
