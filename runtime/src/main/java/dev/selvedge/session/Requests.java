package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What this node has asked clients and still waits for. Any thread. Each ends with the client's
 * answer, with its session or that session's node, or with its time.
 */
final class Requests {
  private record Waiting(
      NodeId node, Promise<List<@Nullable Object>> promise, Runnable cancelTimer) {
    void fail(String code, String text) {
      cancelTimer.run();
      promise.tryFail(new FunctionException(code, text));
    }
  }

  private final Fabric fabric;
  private final AtomicLong last = new AtomicLong();
  private final Map<Long, Waiting> open = new ConcurrentHashMap<>();

  Requests(Fabric fabric) {
    this.fabric = fabric;
    fabric.register(
        ToClient.Answer.KIND,
        ToClient.Answer::read,
        (lane, from, envelope) -> answered((ToClient.Answer) envelope));
  }

  /** A request's number and the future of its answer, which completes on the caller's context. */
  record Request(long number, Future<List<@Nullable Object>> answer) {}

  /**
   * @param onTimeout called if the time is over, before the future fails
   */
  Request issue(NodeId node, Duration timeout, java.util.function.LongConsumer onTimeout) {
    long number = last.incrementAndGet();
    VertxInternal vertx = (VertxInternal) fabric.vertx();
    Promise<List<@Nullable Object>> promise = vertx.getOrCreateContext().promise();
    long timer =
        vertx.setTimer(
            Math.max(1, timeout.toMillis()),
            now -> {
              Waiting late = open.remove(number);
              if (late != null) {
                onTimeout.accept(number);
                late.fail(
                    "timeout", "the client did not answer within " + timeout.toMillis() + " ms");
              }
            });
    open.put(number, new Waiting(node, promise, () -> vertx.cancelTimer(timer)));
    return new Request(number, promise.future());
  }

  private void answered(ToClient.Answer answer) {
    Waiting waiting = open.remove(answer.ticket());
    if (waiting == null) {
      return;
    }
    waiting.cancelTimer.run();
    ReplyError error = answer.error();
    if (error == null) {
      waiting.promise.tryComplete(answer.args());
    } else {
      waiting.promise.tryFail(new FunctionException(error.code(), error.text(), error.data()));
    }
  }

  /** The request could not be sent, or the node has left. */
  void fail(long number) {
    Waiting waiting = open.remove(number);
    if (waiting != null) {
      waiting.fail(SessionTable.NO_SUCH_SESSION, "the session's node is gone");
    }
  }

  void nodeLeft(NodeId node) {
    open.forEach(
        (number, waiting) -> {
          if (waiting.node.equals(node)) {
            fail(number);
          }
        });
  }
}
