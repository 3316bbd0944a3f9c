package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeGoneException;
import dev.selvedge.fabric.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Questions to other nodes that wait for their answers. Any thread. Links are reliable, so a ticket
 * ends with an answer or with the node, unless whoever asked gives it up.
 *
 * @param <T> what an answer brings
 */
final class Tickets<T> {
  private record Waiting<T>(NodeId node, Promise<T> promise) {}

  private final VertxInternal vertx;
  private final AtomicLong last = new AtomicLong();
  private final Map<Long, Waiting<T>> open = new ConcurrentHashMap<>();

  Tickets(Vertx vertx) {
    this.vertx = (VertxInternal) vertx;
  }

  /** A ticket's number and the future of its answer, which completes on the caller's context. */
  record Ticket<T>(long number, Future<T> answer) {}

  /**
   * Asks a node, over a lane.
   *
   * @param question with the ticket's number in it
   */
  Ticket<T> ask(Lane lane, NodeId node, LongFunction<? extends Envelope> question) {
    long number = last.incrementAndGet();
    Promise<T> promise = vertx.getOrCreateContext().promise();
    open.put(number, new Waiting<>(node, promise));
    lane.run(
        () -> {
          if (!lane.send(node, question.apply(number))) {
            fail(number, new NodeGoneException(node));
          }
        });
    return new Ticket<>(number, promise.future());
  }

  /** Answers a node that asked, over a lane; number 0 wants no answer. */
  static void answer(Lane lane, NodeId asker, ToClient.Ack answer) {
    if (answer.ticket() != 0) {
      lane.run(() -> lane.send(asker, answer));
    }
  }

  /** The answer; one to a ticket that has ended is ignored. */
  void redeem(long number, @Nullable T answer) {
    Waiting<T> waiting = open.remove(number);
    if (waiting != null) {
      waiting.promise.tryComplete(answer);
    }
  }

  /** There is no answer, or no use for one; false if the ticket has ended already. */
  boolean fail(long number, Throwable why) {
    Waiting<T> waiting = open.remove(number);
    return waiting != null && waiting.promise.tryFail(why);
  }

  void nodeLeft(NodeId node) {
    open.forEach(
        (number, waiting) -> {
          if (waiting.node.equals(node)) {
            fail(number, new NodeGoneException(node));
          }
        });
  }
}
