package dev.selvedge.relay;

import dev.selvedge.edge.AnswerStream;
import dev.selvedge.edge.ClientExchange;
import dev.selvedge.router.Lease;
import dev.selvedge.router.Traffic;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An answer on its way from a member to the client: its bytes pass as they come, while a session id
 * is looked for and, in an event stream, a place to end it. Confined to its event loop.
 */
final class RelayedAnswer {
  private final AnswerStream to;
  private final MemberConnection from;
  private final Lease lease;
  private final @Nullable EventBoundary events;
  private @Nullable SessionIdPeek peek;

  private RelayedAnswer(
      AnswerStream to,
      MemberConnection from,
      Lease lease,
      @Nullable EventBoundary events,
      @Nullable SessionIdPeek peek) {
    this.to = to;
    this.from = from;
    this.lease = lease;
    this.events = events;
    this.peek = peek;
  }

  /** Sends the head on. */
  static RelayedAnswer begin(
      ClientExchange exchange,
      AnswerHead head,
      MemberConnection from,
      Lease lease,
      Predicate<String> ourCookie) {
    HttpHeaders lines =
        ResponseHeaders.forClient(
            head.headers(), head.status(), ourCookie, lease.setCookie(exchange.secure()));
    AnswerStream to = exchange.answer(head.status(), lines);
    to.onDrained(from::resume);
    boolean stream = head.isEventStream() && lease.traffic() == Traffic.TUNNEL;
    return new RelayedAnswer(
        to, from, lease, stream ? new EventBoundary() : null, SessionIdPeek.of(exchange, head));
  }

  boolean isEventStream() {
    return events != null;
  }

  /**
   * Passes a part of the body on; takes it over.
   *
   * @return false if the answer is to end behind what was passed on
   */
  boolean pass(ByteBuf bytes) {
    learn(bytes);
    if (events != null && events.cutsAfter(bytes)) {
      bytes.writerIndex(bytes.readerIndex() + events.cut());
      to.write(bytes);
      return false;
    }
    to.write(bytes);
    if (!to.writable()) {
      from.pause();
    }
    return true;
  }

  private void learn(ByteBuf bytes) {
    if (peek != null) {
      String id = peek.find(bytes);
      if (id != null) {
        lease.learn(id);
      }
      if (peek.over()) {
        peek = null;
      }
    }
  }

  /** The body is whole. */
  void complete() {
    String id = peek == null ? null : peek.last();
    if (id != null) {
      lease.learn(id);
    }
  }

  /** Whether an event stream may end now; if not, it does behind the event that is under way. */
  boolean endsHere() {
    if (events == null) {
      return false;
    }
    if (events.atBoundary()) {
      return true;
    }
    events.cutAtNext();
    return false;
  }

  void end() {
    to.end();
  }

  /** Breaks it off. */
  void abort() {
    to.abort();
  }
}
