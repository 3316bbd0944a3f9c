package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import dev.selvedge.session.PeerServers.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What this node has asked the peers of a namespace and waits for. Redis says how many servers hear
 * a question, and each of them answers, other nodes of this cluster too; so who asked knows when
 * all have. State is confined to the line's loop; the methods may be called on any thread, and
 * futures complete on the caller's context.
 */
final class Asking {
  /** How many may be open; one more fails with {@code too-many-requests}. */
  static final int MAX_OPEN = 10_000;

  private record Open<T>(Pending<T> pending, Promise<T> promise) {
    /** Tells whether that was the last answer. */
    boolean take(PeerResponse response) {
      if (!pending.take(response)) {
        return false;
      }
      promise.tryComplete(pending.result());
      return true;
    }

    void late() {
      FunctionException failure = pending.lateness();
      if (failure == null) {
        promise.tryComplete(pending.result());
      } else {
        promise.tryFail(failure);
      }
    }
  }

  private final VertxInternal vertx;
  private final RedisLine line;
  private final Adapter adapter;
  private final String uid;
  private final Map<String, Open<?>> open = new HashMap<>();
  private long last;

  Asking(Vertx vertx, RedisLine line, Adapter adapter, String uid) {
    this.vertx = (VertxInternal) vertx;
    this.line = line;
    this.adapter = adapter;
    this.uid = uid;
  }

  /** The clients of all peers; fails if one does not answer in time. */
  Future<List<Peers.Client>> clients(String namespace, Target who, Duration timeout) {
    return ask(
        namespace,
        timeout,
        servers -> new Pending.Listing(namespace, servers, timeout),
        id -> new PeerRequest.Fetch(id, who));
  }

  /** Asks the servers themselves. */
  Future<Peers.Answers> servers(String namespace, List<@Nullable Object> data, Duration timeout) {
    return ask(
        namespace, timeout, Pending.OfServers::new, id -> new PeerRequest.ServerMessage(id, data));
  }

  /** Asks clients of all peers. */
  Future<Groups.Answers> clients(
      String namespace, List<@Nullable Object> data, Target who, Duration timeout) {
    return ask(
        namespace,
        timeout,
        Pending.OfClients::new,
        id -> new PeerRequest.AskedBroadcast(id, data, who, timeout.toMillis()));
  }

  /**
   * @param pending made with the number of servers that will answer
   */
  private <T> Future<T> ask(
      String namespace,
      Duration timeout,
      IntFunction<Pending<T>> pending,
      Function<String, PeerRequest> question) {
    Promise<T> promise = vertx.getOrCreateContext().promise();
    line.run(
        () ->
            line.count(adapter.counted(namespace))
                .onFailure(gone -> promise.tryFail(unavailable(gone)))
                .onSuccess(
                    servers -> {
                      Pending<T> wanted = pending.apply(Math.max(0, servers - 1));
                      if (servers <= 1) {
                        promise.tryComplete(wanted.result());
                      } else {
                        begin(namespace, new Open<>(wanted, promise), timeout, question);
                      }
                    }));
    return promise.future();
  }

  private static FunctionException unavailable(Throwable why) {
    return new FunctionException("unavailable", "the peers cannot be asked: " + why.getMessage());
  }

  private void begin(
      String namespace, Open<?> asked, Duration timeout, Function<String, PeerRequest> question) {
    if (open.size() >= MAX_OPEN) {
      asked.promise.tryFail(
          new FunctionException(
              "too-many-requests", MAX_OPEN + " questions to peers are not answered yet"));
      return;
    }
    String id = uid + Long.toString(last++, Character.MAX_RADIX);
    open.put(id, asked);
    long timer = vertx.setTimer(Math.max(1, timeout.toMillis()), late -> line.run(() -> late(id)));
    asked.promise.future().onComplete(done -> vertx.cancelTimer(timer));
    line.publish(adapter.request(namespace, question.apply(id)));
  }

  private void late(String id) {
    Open<?> asked = open.remove(id);
    if (asked != null) {
      asked.late();
    }
  }

  /** A peer's answer; ignored if nobody waits for it. On the loop. */
  void answered(PeerResponse response) {
    Open<?> asked = open.get(response.requestId());
    if (asked != null && asked.take(response)) {
      open.remove(response.requestId());
    }
  }

  /** Whether a question is this node's own. On the loop. */
  boolean isOpen(String requestId) {
    return open.containsKey(requestId);
  }

  /** The values of an answer by a client: peers pass on one. */
  static List<@Nullable Object> one(@Nullable Object value) {
    return Collections.singletonList(value);
  }
}
