package dev.selvedge.protocol.raw;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.session.Outbound;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages as answers to polls. Each message stays until a poll acknowledges it, and is answered
 * again to every poll that does not; so a lost answer loses nothing. With {@link #MAX_WAITING}
 * unacknowledged bytes the session is told to stop, and its outbound policy decides.
 */
final class PollDownlink implements Downlink {
  static final long MAX_WAITING = 64 * 1024;

  private final HttpSession session;
  private final Duration wait;
  private final Tail unacknowledged = new Tail();
  private @Nullable Exchange waiting;
  private @Nullable CloseReason ended;
  private Runnable cancelWait = () -> {};
  private boolean answering;

  PollDownlink(HttpSession session, Duration wait) {
    this.session = session;
    this.wait = wait;
  }

  /** A poll that has got every message up to {@code ack}. */
  void poll(Exchange exchange, long ack) {
    if (ack > unacknowledged.last()) {
      exchange.fail(
          new HttpError(
              400, "bad-ack", "ack: " + ack + " (expected: 0.." + unacknowledged.last() + ")"));
      return;
    }
    acknowledge(ack);
    if (waiting != null) {
      Answers.poll(release(waiting), PollCodec.answer(List.of()));
    }
    waiting = exchange;
    session.attached();
    exchange.onAborted(() -> aborted(exchange));
    if (unacknowledged.size() > 0 || ended != null) {
      answer();
    } else {
      cancelWait = session.clock().after(wait.toMillis(), this::answer);
    }
  }

  private void acknowledge(long ack) {
    boolean full = !writable();
    unacknowledged.dropUpTo(ack);
    if (full && writable()) {
      session.drained();
    }
  }

  private void aborted(Exchange exchange) {
    if (waiting == exchange) {
      release(exchange);
      session.detached();
    }
  }

  private Exchange release(Exchange exchange) {
    waiting = null;
    cancelWait.run();
    return exchange;
  }

  private void answer() {
    answering = false;
    if (waiting == null) {
      return;
    }
    Exchange exchange = release(waiting);
    if (unacknowledged.size() == 0 && ended != null) {
      Answers.closed(exchange, ended);
    } else {
      Answers.poll(exchange, PollCodec.answer(unacknowledged.all()));
    }
    session.detached();
  }

  @Override
  public Transport transport() {
    return Transport.LONGPOLL;
  }

  /** What is sent in one go is answered in one go. */
  @Override
  public void send(Outbound message) {
    unacknowledged.add(message.in(RawCodec.JSON), session.clock().millis());
    if (waiting != null && !answering) {
      answering = true;
      session.clock().soon(this::answer);
    }
  }

  @Override
  public boolean writable() {
    return unacknowledged.bytes() < MAX_WAITING;
  }

  @Override
  public long pendingBytes() {
    return unacknowledged.bytes();
  }

  @Override
  public void close(CloseReason reason) {
    ended = reason;
    answer();
  }
}
