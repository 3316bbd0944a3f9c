package dev.selvedge.session;

import dev.selvedge.fabric.NodeGoneException;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Questions to other nodes that wait for their {@link ToClient.Ack}. Any thread. Links are
 * reliable, so a ticket ends with an answer or with the node.
 */
final class Tickets {
  private record Waiting(NodeId node, Promise<Void> promise) {}

  private final VertxInternal vertx;
  private final AtomicLong last = new AtomicLong();
  private final Map<Long, Waiting> open = new ConcurrentHashMap<>();

  Tickets(Vertx vertx) {
    this.vertx = (VertxInternal) vertx;
  }

  /** A ticket's number and the future of its answer, which completes on the caller's context. */
  record Ticket(long number, Future<Void> answer) {}

  Ticket issue(NodeId node) {
    long number = last.incrementAndGet();
    Promise<Void> promise = vertx.getOrCreateContext().promise();
    open.put(number, new Waiting(node, promise));
    return new Ticket(number, promise.future());
  }

  void redeem(long number, @Nullable String failure) {
    Waiting waiting = open.remove(number);
    if (waiting == null) {
      return;
    }
    if (failure == null) {
      waiting.promise.tryComplete();
    } else {
      waiting.promise.tryFail(new FunctionException(failure, failure.replace('-', ' ')));
    }
  }

  /** The question could not be sent, or the node has left. */
  void fail(long number, NodeId node) {
    Waiting waiting = open.remove(number);
    if (waiting != null) {
      waiting.promise.tryFail(new NodeGoneException(node));
    }
  }

  void nodeLeft(NodeId node) {
    open.forEach(
        (number, waiting) -> {
          if (waiting.node.equals(node)) {
            fail(number, node);
          }
        });
  }
}
