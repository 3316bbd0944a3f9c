package dev.selvedge.fabric;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Requests from node to node over the bus. Any thread. */
final class RemoteServices {
  /** The header that names the service. */
  private static final String SERVICE = "service";

  private final VertxInternal vertx;
  private final NodeTable table;
  private final Services services;
  private final Map<NodeId, Set<Promise<Buffer>>> underWay = new ConcurrentHashMap<>();

  RemoteServices(Vertx vertx, NodeTable table, Services services) {
    this.vertx = (VertxInternal) vertx;
    this.table = table;
    this.services = services;
  }

  /** Lets the peers ask for what {@link Services} has; call it on lane 0. */
  void start() {
    vertx.eventBus().<Object>consumer(Addresses.services(table.self()), this::answer);
  }

  Future<Buffer> request(NodeId to, String service, Buffer body, long timeoutMillis) {
    Promise<Buffer> answer = vertx.getOrCreateContext().promise();
    // Entered before the look-up: a node that leaves in between then fails it all the same.
    enter(to, answer);
    if (table.contains(to)) {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
      vertx
          .eventBus()
          .<Buffer>request(
              Addresses.services(to),
              body,
              new DeliveryOptions().addHeader(SERVICE, service).setSendTimeout(timeoutMillis))
          .onSuccess(message -> answer.tryComplete(message.body()))
          .onFailure(e -> answer.tryFail(explain(e, to, service, timeoutMillis, deadline)));
    } else {
      answer.tryFail(new NodeGoneException(to));
    }
    return answer.future().onComplete(ignored -> remove(to, answer));
  }

  /**
   * The node has left: what was asked of it fails. The bus itself would say nothing of a request
   * that was written to a connection just before it closed, and wait out its time.
   */
  void left(NodeId node) {
    Set<Promise<Buffer>> ofNode = underWay.remove(node);
    if (ofNode != null) {
      ofNode.forEach(answer -> answer.tryFail(new NodeGoneException(node)));
    }
  }

  private void enter(NodeId to, Promise<Buffer> answer) {
    underWay.compute(
        to,
        (ignored, others) -> {
          Set<Promise<Buffer>> ofNode = others == null ? ConcurrentHashMap.newKeySet() : others;
          ofNode.add(answer);
          return ofNode;
        });
  }

  private void remove(NodeId to, Promise<Buffer> answer) {
    underWay.computeIfPresent(
        to,
        (ignored, ofNode) -> {
          ofNode.remove(answer);
          return ofNode.isEmpty() ? null : ofNode;
        });
  }

  private void answer(Message<Object> request) {
    String service = request.headers().get(SERVICE);
    if (service == null || !(request.body() instanceof Buffer body)) {
      request.fail(FabricException.FAILED, "malformed request");
      return;
    }
    services
        .handle(service, body)
        .onSuccess(request::reply)
        .onFailure(
            e -> {
              int code = e instanceof FabricException known ? known.code() : FabricException.FAILED;
              request.fail(code, e.getMessage());
            });
  }

  private RuntimeException explain(
      Throwable e, NodeId to, String service, long timeoutMillis, long deadline) {
    if (!table.contains(to) || !(e instanceof ReplyException reply)) {
      return new NodeGoneException(to);
    }
    return switch (reply.failureType()) {
      // A node that closes answers what it did not come to with a time-out, long before the time.
      case TIMEOUT ->
          System.nanoTime() - deadline < 0
              ? new NodeGoneException(to)
              : Services.timeout(service, timeoutMillis);
      case NO_HANDLERS -> new NodeGoneException(to);
      default -> new FabricException(reply.failureCode(), String.valueOf(reply.getMessage()));
    };
  }
}
