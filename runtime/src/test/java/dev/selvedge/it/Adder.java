package dev.selvedge.it;

import dev.selvedge.it.TestClient.ErrorReply;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client of {@link dev.selvedge.it.function.Ledger} that adds 1, 2, 3, … without end, a few at a
 * time, and checks each reply: the number and the sum. The first thing that is wrong stops it and
 * is kept.
 */
final class Adder {
  private static final int AT_ONCE = 3;

  private final TestClient client;
  private final Vertx vertx;
  private final long pauseMillis;
  private final List<Integer> versions = new ArrayList<>();
  private final AtomicLong replies = new AtomicLong();
  private final AtomicLong redelivered = new AtomicLong();
  private volatile boolean stopping;
  private volatile String wrong = "";
  private volatile int version;
  private int sent;
  private int expected = 1;
  private int inFlight;
  private volatile boolean idle = true;

  /**
   * @param pauseMillis between one burst's last reply and the next burst
   */
  Adder(TestClient client, Vertx vertx, long pauseMillis) {
    this.client = client;
    this.vertx = vertx;
    this.pauseMillis = pauseMillis;
  }

  Adder start() {
    burst();
    return this;
  }

  private synchronized void burst() {
    if (stopping || !wrong.isEmpty()) {
      idle = true;
      return;
    }
    idle = false;
    inFlight = AT_ONCE;
    for (int i = 0; i < AT_ONCE; i++) {
      client.request("add", ++sent).onSuccess(this::replied).onFailure(this::failed);
    }
  }

  private synchronized void replied(JsonArray reply) {
    int number = reply.getInteger(0);
    long sum = (long) number * (number + 1) / 2;
    if (number != expected) {
      stop("reply " + number + " (expected: " + expected + ")");
    } else if (reply.getLong(1) != sum) {
      stop("sum " + reply.getLong(1) + " at " + number + " (expected: " + sum + ")");
    }
    expected++;
    seen(reply.getInteger(2));
    replies.incrementAndGet();
    if (reply.getBoolean(3)) {
      redelivered.incrementAndGet();
    }
    if (--inFlight == 0) {
      vertx.setTimer(pauseMillis, timer -> burst());
    }
  }

  private void seen(int next) {
    if (next != version) {
      version = next;
      versions.add(next);
    }
  }

  private synchronized void failed(Throwable error) {
    stop((error instanceof ErrorReply ? "error reply " : "") + error.getMessage());
  }

  private void stop(String what) {
    if (wrong.isEmpty()) {
      wrong = client.session() + " (" + client.getClass().getSimpleName() + "): " + what;
    }
    idle = true;
  }

  /** No more bursts; {@link #isIdle} when the last one was answered. */
  void finish() {
    stopping = true;
  }

  boolean isIdle() {
    return idle;
  }

  /** What went wrong; empty if nothing did. */
  String wrong() {
    return client.isClosed() && wrong.isEmpty()
        ? client.session() + " was closed: " + client.closed().result()
        : wrong;
  }

  long replies() {
    return replies.get();
  }

  /** Replies to messages that the function was told it may have seen before. */
  long redelivered() {
    return redelivered.get();
  }

  /** The version that gave the latest reply; 0 before the first. */
  int version() {
    return version;
  }

  /** The versions that gave replies, each change of version an entry. */
  synchronized List<Integer> versions() {
    return List.copyOf(versions);
  }

  TestClient client() {
    return client;
  }
}
