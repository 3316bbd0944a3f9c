package dev.selvedge.protocol.socketio;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.protocol.LaneClock;
import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.List;

/**
 * The transport of a client that polls: GETs take frames, POSTs bring packets. One of each may be
 * open. Confined to the session's lane.
 */
final class PollingTransport {
  /** The session. */
  interface Owner extends Posts.Reader {
    void drained();

    /** The client gave a request up, or broke a rule of the transport. */
    void failed();
  }

  private final Owner owner;
  private final int maxPayload;
  private final Polls polls;
  private final Posts posts;

  /**
   * @param maxPayload bytes of a POST
   */
  PollingTransport(Owner owner, int maxPayload, LaneClock clock) {
    this.owner = owner;
    this.maxPayload = maxPayload;
    this.polls = new Polls(clock, owner::drained);
    this.posts = new Posts(owner);
  }

  // Requests.

  void get(Exchange exchange) {
    if (polls.isHeld()) {
      owner.failed();
      EngineAnswers.failed(exchange);
    } else {
      exchange.onAborted(() -> aborted(exchange));
      polls.hold(exchange);
    }
  }

  void post(Exchange exchange) {
    if (posts.isOpen() || "application/octet-stream".equals(exchange.header("content-type"))) {
      owner.failed();
      EngineAnswers.failed(exchange);
      return;
    }
    posts.begin(exchange);
    exchange.onAborted(() -> aborted(exchange));
    exchange
        .body()
        .onSuccess(body -> take(exchange, body))
        .onFailure(error -> refuse(exchange, error));
  }

  private void take(Exchange exchange, Buffer body) {
    if (body.length() > maxPayload) {
      posts.forget(exchange);
      EngineAnswers.tooLarge(exchange);
      return;
    }
    try {
      posts.take(exchange, body);
    } catch (HttpError notUtf8) {
      owner.malformed();
    }
  }

  private void refuse(Exchange exchange, Throwable error) {
    posts.forget(exchange);
    exchange.fail(HttpError.of(error));
  }

  private void aborted(Exchange exchange) {
    if (polls.isHeld(exchange) || posts.isOpen(exchange)) {
      owner.failed();
    }
  }

  /** The session reads again. */
  void resume() {
    posts.pump();
  }

  // To the client.

  /** False if as much as may wait does already. */
  boolean send(List<Frame> frames) {
    return polls.send(frames);
  }

  boolean writable() {
    return polls.writable();
  }

  long pendingBytes() {
    return polls.pendingBytes();
  }

  // The end, in its ways.

  /** Lets a client go that waits with its poll. */
  void release() {
    polls.answerWith(EngineCodec.NOOP);
  }

  /** A WebSocket takes over; returns the frames that wait. */
  Collection<Frame> giveWay() {
    posts.fail();
    return polls.endWith(EngineRefusal.BAD_REQUEST);
  }

  /** The client has said goodbye. */
  void closedByClient() {
    polls.cut(EngineCodec.NOOP);
    posts.accept();
  }

  /**
   * Closed from this side; false if the client can only be told with its next poll. It is never
   * told together with messages: Socket.IO's client handles those a moment later, when it is
   * closed.
   */
  boolean close() {
    posts.accept();
    if (!polls.isEmpty()) {
      polls.answer();
      return false;
    }
    boolean held = polls.isHeld();
    polls.answerWith(EngineCodec.CLOSE);
    return held;
  }

  /** That next poll; false if it takes what waits, and the one after it is the last. */
  boolean tellClosed(Exchange exchange) {
    boolean last = polls.isEmpty();
    if (last) {
      polls.send(List.of(EngineCodec.NOOP, EngineCodec.CLOSE));
    }
    polls.hold(exchange);
    return last;
  }

  /** The client is gone, or has broken the rules. */
  void cut() {
    polls.cut(EngineCodec.CLOSE);
    posts.fail();
  }
}
