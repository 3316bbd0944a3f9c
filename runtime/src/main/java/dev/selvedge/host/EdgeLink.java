package dev.selvedge.host;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.FunctionException;
import dev.selvedge.session.ToClient;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The way from the function to a session's edge, which may come into other hands. Between two edges
 * at most 1,000 messages wait. Any thread.
 */
final class EdgeLink {
  private static final int MAX_HELD = 1_000;
  private static final AtomicLongFieldUpdater<EdgeLink> POSTED =
      AtomicLongFieldUpdater.newUpdater(EdgeLink.class, "posted");

  private final Instance instance;
  private volatile NodeId edge;

  /** Messages to the client that the present edge was sent, without replies. */
  private volatile long posted;

  /** Null while there is an edge. */
  private volatile @Nullable Deque<ToClient> held;

  EdgeLink(NodeId edge, Instance instance) {
    this.edge = edge;
    this.instance = instance;
  }

  NodeId edge() {
    return edge;
  }

  Future<Void> post(ToClient message) {
    if (held != null) {
      synchronized (this) {
        Deque<ToClient> waiting = held;
        if (waiting != null) {
          return hold(waiting, message);
        }
      }
    }
    return send(message);
  }

  private Future<Void> send(ToClient message) {
    if (message instanceof ToClient.Deliver) {
      POSTED.incrementAndGet(this);
    }
    return instance.post(edge, message);
  }

  /** How many messages to the client, without replies, the present edge was sent. */
  long posted() {
    return posted;
  }

  private static Future<Void> hold(Deque<ToClient> waiting, ToClient message) {
    if (waiting.size() == MAX_HELD) {
      return Future.failedFuture(
          new FunctionException(
              "no-such-session", MAX_HELD + " messages wait for another edge of the session"));
    }
    waiting.add(message);
    return Future.succeededFuture();
  }

  /** The edge is gone; another one may come. */
  synchronized void lost() {
    if (held == null) {
      held = new ArrayDeque<>(2);
    }
  }

  /** There is another edge. */
  synchronized void found(NodeId next) {
    Deque<ToClient> waiting = held;
    edge = next;
    posted = 0;
    if (waiting != null) {
      waiting.forEach(this::send);
    }
    held = null;
  }

  /** No other edge has come. */
  synchronized void giveUp() {
    held = null;
  }
}
