package dev.selvedge.session;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.session.ToFunction.Inbound;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams between a client and the instance that serves its session, at the edge: those that
 * the client sends along with its messages, and those that answer its messages.
 *
 * <p>A stream belongs to the instance that has its message. When the session moves to another one,
 * both ends are told that it was {@code interrupted}; a stream whose message has not gone to any
 * instance yet waits here with it. Confined to the session's lane.
 */
final class EdgeStreams {
  private static final int WINDOW = ToFunction.STREAM_WINDOW;

  private static final ReplyError INTERRUPTED =
      new ReplyError("interrupted", "the session has moved to another instance", null);

  /** A stream that answers a message. */
  private static final class Answering {
    final long sequence;
    int owed;
    boolean cancelled;

    Answering(long sequence) {
      this.sequence = sequence;
    }
  }

  /** A stream that the client sends, and what waits of it until its message goes to an instance. */
  private static final class Sent {
    final ArrayDeque<ToFunction> waiting = new ArrayDeque<>(0);
    boolean forwarded;
  }

  private final EdgeSession session;
  private final Map<Long, Answering> answering = new HashMap<>(2);
  private final Map<Long, Sent> sent = new HashMap<>(2);
  private int unread;

  EdgeStreams(EdgeSession session) {
    this.session = session;
  }

  /** A message with streams has come. */
  void received(Inbound message) {
    ClientMessage said = message.message();
    if (said.wantsStream() && said.replyTo() != ClientMessage.NO_REPLY) {
      answering.put(said.replyTo(), new Answering(message.sequence()));
    }
    said.streams().forEach(stream -> sent.put(stream, new Sent()));
  }

  // ---- from the client

  void item(long stream, @Nullable Object value) {
    Sent one = sent.get(stream);
    if (one != null) {
      unread++;
      pass(one, new ToFunction.StreamItem(session.sessionId(), stream, value));
    }
  }

  void end(long stream, @Nullable ReplyError error) {
    Sent one = sent.get(stream);
    if (one != null) {
      pass(one, new ToFunction.StreamEnd(session.sessionId(), stream, error));
      if (one.forwarded) {
        sent.remove(stream);
      }
    }
  }

  private void pass(Sent stream, ToFunction what) {
    if (stream.forwarded) {
      send(what);
    } else if (!(stream.waiting.peekLast() instanceof ToFunction.StreamEnd)) {
      stream.waiting.add(what);
    }
  }

  void cancel(long replyTo) {
    Answering stream = answering.get(replyTo);
    if (stream != null) {
      stream.cancelled = true;
      send(new ToFunction.StreamCancel(session.sessionId(), replyTo));
    }
  }

  /** Whether the function is so far behind that the client must not be read. */
  boolean isExhausted() {
    return unread >= WINDOW;
  }

  /** Whether half of that is done: the client may be read again. */
  boolean isHalfFree() {
    return unread <= WINDOW / 2;
  }

  // ---- what the instance says

  /** It has read items of the client's streams. */
  void taken(int count) {
    unread = Math.max(0, unread - count);
  }

  /** Whether an item of the stream that answers a message goes to the client. */
  boolean admits(Outbound item) {
    Answering stream = answering.get(item.replyTo());
    if (stream == null) {
      send(new ToFunction.StreamCancel(session.sessionId(), item.replyTo()));
    } else {
      stream.owed++;
    }
    return stream != null && !stream.cancelled;
  }

  /** The message has got its answer, or the end of it. */
  void answered(long replyTo) {
    answering.remove(replyTo);
  }

  /** The client keeps up: the instance may send more. */
  void grant() {
    List<ToFunction> credits = new ArrayList<>(answering.size());
    answering.forEach(
        (replyTo, stream) -> {
          if (stream.owed >= WINDOW / 2) {
            credits.add(new ToFunction.StreamCredit(session.sessionId(), replyTo, stream.owed));
            stream.owed = 0;
          }
        });
    credits.forEach(this::send); // an instance of this lane sends more before this returns
  }

  // ---- the session moves

  /** What was at an instance is lost with it; {@code lastSent} is the last message it was sent. */
  void interrupted(long lastSent) {
    Map.copyOf(answering)
        .forEach(
            (replyTo, stream) -> {
              if (stream.sequence <= lastSent) {
                session.reply(stream.sequence, Outbound.end(replyTo, INTERRUPTED));
              }
            });
    sent.values().removeIf(stream -> stream.forwarded);
    unread = 0;
    for (Sent stream : sent.values()) {
      unread += stream.waiting.size();
    }
  }

  /** A message goes to an instance now, and what waits of its streams follows. */
  void forwarded(Inbound message) {
    for (long number : message.message().streams()) {
      Sent stream = sent.get(number);
      if (stream == null) {
        send(new ToFunction.StreamEnd(session.sessionId(), number, INTERRUPTED));
      } else if (!stream.forwarded) {
        stream.forwarded = true;
        if (stream.waiting.peekLast() instanceof ToFunction.StreamEnd) {
          sent.remove(number);
        }
        List<ToFunction> waiting = List.copyOf(stream.waiting);
        stream.waiting.clear();
        waiting.forEach(this::send);
      }
    }
    Answering answer = answering.get(message.message().replyTo());
    if (answer != null && answer.cancelled) {
      send(new ToFunction.StreamCancel(session.sessionId(), message.message().replyTo()));
    }
  }

  private void send(ToFunction what) {
    NodeId host = session.hosting().host();
    if (host != null) {
      session.lane().send(host, what);
    }
  }
}
