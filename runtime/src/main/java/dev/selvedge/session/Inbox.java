package dev.selvedge.session;

import dev.selvedge.session.ToFunction.Inbound;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the client of a session has sent and the function has not handled: numbered, in order, and
 * with a credit. Confined to the session's lane.
 *
 * <p>A message stays here until the instance says that it is done. That is what lets the session
 * move: when it is released between two messages, what is here goes to the next instance; when the
 * host dies, what was sent to it goes again, marked as redelivered. Such a message may have been
 * answered before, so it is noted here which replies have gone to the client: it gets one only.
 */
final class Inbox {
  private final SessionId session;
  private final int credit;

  /** Null until the client says something. */
  private @Nullable ArrayDeque<Inbound> waiting;

  private long last;
  private long sent;

  /**
   * Bit n is set if the reply to the n-th of those waiting has gone to the client. More than 64 are
   * only there if a client exceeds its credit; their second replies are not recognized.
   */
  private long answered;

  /**
   * @param credit how many may wait before the client is not read any more
   */
  Inbox(SessionId session, int credit) {
    this.session = session;
    this.credit = credit;
  }

  /** The session comes from another edge, whose numbers must not be taken for those of this one. */
  void startAfter(long number) {
    last = number;
  }

  /** A new message; it has not been sent. */
  Inbound add(ClientMessage said) {
    return add(last + 1, said);
  }

  /** The same with a number of the client's own, higher than those before. */
  Inbound add(long number, ClientMessage said) {
    last = number;
    Inbound message = new Inbound(session, number, said, false);
    if (waiting == null) {
      waiting = new ArrayDeque<>(2);
    }
    waiting.add(message);
    return message;
  }

  boolean isEmpty() {
    return size() == 0;
  }

  private int size() {
    return waiting == null ? 0 : waiting.size();
  }

  // ---- credit

  /** Whether the credit is used up: reading must stop. */
  boolean isExhausted() {
    return size() >= credit;
  }

  /** Whether half of the credit is there: reading may go on. */
  boolean isHalfFree() {
    return size() <= credit / 2;
  }

  // ---- towards the function

  /** Nothing of what waits has been sent to the present host. */
  void unsend() {
    Inbound first = waiting == null ? null : waiting.peekFirst();
    sent = first == null ? last : first.sequence() - 1;
  }

  /** The message goes to the host now. */
  void send(Inbound message) {
    sent = message.sequence();
  }

  boolean isUnsent(Inbound message) {
    return message.sequence() > sent;
  }

  /** The number of the last message that the present host was sent. */
  long lastSent() {
    return sent;
  }

  /** What waits now, in order. */
  List<Inbound> all() {
    return waiting == null ? List.of() : List.copyOf(waiting);
  }

  /** The messages up to that number have been handled. */
  void done(long sequence) {
    Inbound first = waiting == null ? null : waiting.peekFirst();
    while (waiting != null && first != null && first.sequence() <= sequence) {
      waiting.removeFirst();
      answered >>>= 1;
      first = waiting.peekFirst();
    }
  }

  /** The first one was under way and did not come to its end. */
  void interrupted() {
    if (waiting != null && !waiting.isEmpty()) {
      waiting.addFirst(waiting.removeFirst().again());
    }
  }

  /** The host is gone: what was sent to it may have been handled there. */
  void lost() {
    again(message -> !isUnsent(message));
  }

  /** All that waits may have been handled by an instance that is gone. */
  void redeliver() {
    again(message -> true);
  }

  private void again(Predicate<Inbound> which) {
    for (int i = size(); waiting != null && i > 0; i--) {
      Inbound message = waiting.remove();
      waiting.add(which.test(message) ? message.again() : message);
    }
  }

  void clear() {
    waiting = null;
    answered = 0;
  }

  // ---- replies

  /**
   * Notes that a reply to a message goes to the client.
   *
   * @return false if the message still waits and has had its reply: this one is of an instance to
   *     which it was delivered again
   */
  boolean answer(long sequence) {
    int place = place(sequence);
    if (place < 0 || place >= Long.SIZE) {
      return true;
    }
    long bit = 1L << place;
    boolean isFirst = (answered & bit) == 0;
    answered |= bit;
    return isFirst;
  }

  /** How many wait before the message with that number; -1 if it does not wait. */
  private int place(long sequence) {
    if (waiting == null) {
      return -1;
    }
    int place = 0;
    for (Inbound message : waiting) { // a client's own numbers may have gaps
      if (message.sequence() == sequence) {
        return place;
      }
      place++;
    }
    return -1;
  }

  /** Whether the client waits for a reply to a message that waits here. */
  boolean owesReply(Inbound message) {
    int place = place(message.sequence());
    return message.message().replyTo() != ClientMessage.NO_REPLY
        && (place < 0 || place >= Long.SIZE || (answered & 1L << place) == 0);
  }

  /** What waits up to that number, in order. */
  List<Inbound> upTo(long sequence) {
    return waiting == null || waiting.isEmpty() || waiting.getFirst().sequence() > sequence
        ? List.of()
        : waiting.stream().filter(message -> message.sequence() <= sequence).toList();
  }
}
