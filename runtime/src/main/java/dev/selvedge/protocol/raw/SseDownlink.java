package dev.selvedge.protocol.raw;

import dev.selvedge.edge.ResponseStream;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.raw.SseCodec.EventId;
import dev.selvedge.session.Outbound;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Messages as an event stream. The client does not acknowledge what it got, so the latest messages
 * are kept after they were written, for a client that lost its stream and asks for what it missed:
 * at most {@link #KEPT_MESSAGES} and {@link #KEPT_BYTES}, for the session's linger time. What waits
 * for a stream to be written to is never dropped here; at {@link #KEPT_BYTES} of it the session is
 * told to stop, and its outbound policy decides.
 */
final class SseDownlink implements Downlink {
  static final int KEPT_MESSAGES = 1_024;
  static final long KEPT_BYTES = 64 * 1024;

  private final HttpSession session;
  private final Duration heartbeat;
  private final Duration keep;
  private final Random jitter;
  private final Tail tail = new Tail();
  private @Nullable ResponseStream stream;
  private @Nullable CloseReason ended;
  private long unwrittenBytes;
  private Runnable cancelHeartbeat = () -> {};

  SseDownlink(HttpSession session, Duration heartbeat, Duration keep, Random jitter) {
    this.session = session;
    this.heartbeat = heartbeat;
    this.keep = keep;
    this.jitter = jitter;
  }

  /** The stream of a new session. */
  void start(ResponseStream first) {
    if (ended == null) {
      first.write(SseCodec.open(place(0), heartbeat.toMillis(), 1_000 + jitter.nextInt(2_000)));
    }
    attach(first, 0);
  }

  /** Whether the client would miss nothing after the message {@code seq}. */
  boolean canResume(long seq) {
    return tail.reachesBackTo(seq);
  }

  /** A stream in place of the one before; what came after the message {@code seq} is repeated. */
  void resume(ResponseStream next, long seq) {
    next.write(SseCodec.heartbeat());
    attach(next, seq);
  }

  private void attach(ResponseStream next, long seq) {
    if (stream != null) {
      detachFrom(stream);
    }
    stream = next;
    session.attached();
    for (Tail.Entry entry : tail.after(seq)) {
      next.write(SseCodec.message(place(entry.seq()), entry.form()));
    }
    unwrittenBytes = 0;
    if (ended != null) {
      finish(next, ended);
      return;
    }
    beat();
    next.onDrained(session::drained);
    next.onClosed(() -> lost(next));
    session.drained();
  }

  private void detachFrom(ResponseStream old) {
    stream = null;
    cancelHeartbeat.run();
    old.end();
  }

  private void lost(ResponseStream one) {
    if (stream == one) {
      stream = null;
      cancelHeartbeat.run();
      session.detached();
    }
  }

  private EventId place(long seq) {
    return new EventId(session.id(), session.token(), seq);
  }

  // Each beat also forgets what is too old to be asked for: all of it was written, since without a
  // stream there is no beat.
  private void beat() {
    if (heartbeat.isZero()) {
      return;
    }
    cancelHeartbeat =
        session
            .clock()
            .after(
                heartbeat.toMillis(),
                () -> {
                  if (stream != null && stream.writable()) {
                    stream.write(SseCodec.heartbeat());
                  }
                  tail.dropOlderThan(session.clock().millis() - keep.toMillis());
                  beat();
                });
  }

  @Override
  public Transport transport() {
    return Transport.SSE;
  }

  @Override
  public void send(Outbound message) {
    Tail.Entry entry = tail.add(message.in(SseCodec.LINES), session.clock().millis());
    if (stream == null) {
      unwrittenBytes += entry.form().length;
      return;
    }
    stream.write(SseCodec.message(place(entry.seq()), entry.form()));
    tail.trim(KEPT_MESSAGES, KEPT_BYTES);
  }

  @Override
  public boolean writable() {
    return stream == null ? unwrittenBytes < KEPT_BYTES : stream.writable();
  }

  @Override
  public long pendingBytes() {
    return stream == null ? unwrittenBytes : stream.pendingBytes();
  }

  @Override
  public void close(CloseReason reason) {
    ended = reason;
    if (stream != null) {
      finish(stream, reason);
    }
  }

  private void finish(ResponseStream last, CloseReason reason) {
    last.write(SseCodec.close(reason, 1_000 + jitter.nextInt(4_000)));
    detachFrom(last);
  }
}
