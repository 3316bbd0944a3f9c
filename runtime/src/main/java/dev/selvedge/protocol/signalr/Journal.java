package dev.selvedge.protocol.signalr;

import dev.selvedge.session.Note;
import dev.selvedge.session.Notes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What a connection that can be resumed remembers (HubProtocol.md, "Stateful reconnect"): the
 * counted messages that the client has not acknowledged, and how many of its own have arrived. All
 * of it is values, so that another node can go on with it.
 *
 * <p>Both sides number the counted messages that they send 1, 2, 3….
 */
final class Journal {
  private final long limit;
  private final Deque<byte[]> unacknowledged = new ArrayDeque<>();
  private long bytes;

  /** The number of the latest message that was sent. */
  private long sent;

  /** The number of the next message to come, which goes back when the client repeats some. */
  private long next = 1;

  /** The highest number that has come. */
  private long received;

  /** The number up to which messages have gone out, or may. */
  private long released;

  /** The number up to which what has come cannot be forgotten: it may be acknowledged. */
  private long safe;

  private long acknowledged;
  private boolean awaitsSequence;

  /**
   * @param limit of unacknowledged bytes, at which the session is told to stop
   */
  Journal(long limit) {
    this.limit = limit;
  }

  /**
   * Of a client that comes from another edge.
   *
   * @param notes of that edge; all that they have was received, and may have been sent
   */
  Journal(long limit, Notes notes) {
    this(limit);
    for (Note message : notes.sent()) {
      unacknowledged.addLast(message.bytes());
      bytes += message.bytes().length;
    }
    sent = notes.lastSent();
    released = sent;
    received = notes.received();
    safe = received;
    next = received + 1;
  }

  // ---- what is sent

  /** A counted message is to be sent; returns its number. */
  long add(byte[] message) {
    sent++;
    unacknowledged.addLast(message);
    bytes += message.length;
    return sent;
  }

  /**
   * The message of that number goes out, and those before it.
   *
   * @return false if it has before
   */
  boolean release(long number) {
    boolean isFirst = number > released;
    released = Math.max(released, number);
    return isFirst;
  }

  /** What has not gone out goes out now; in order. */
  List<byte[]> releaseAll() {
    List<byte[]> rest = List.copyOf(unacknowledged).subList(goneOut(), unacknowledged.size());
    released = sent;
    return rest;
  }

  /** How many of the unacknowledged have gone out. */
  private int goneOut() {
    return unacknowledged.size() - (int) (sent - released);
  }

  /** The client has everything up to this number. What it never was sent, it cannot have. */
  void acknowledged(long number) throws HubViolation {
    if (number > released) {
      throw HubViolation.malformed(
          "Ack of message " + number + " (expected: at most " + released + ")");
    }
    while (firstUnacknowledged() <= number) {
      bytes -= unacknowledged.removeFirst().length;
    }
  }

  boolean isFull() {
    return bytes >= limit;
  }

  long bytes() {
    return bytes;
  }

  /** What to send again, in order: what has gone out before. */
  List<byte[]> unacknowledged() {
    return List.copyOf(unacknowledged).subList(0, goneOut());
  }

  /** The number of the first of them; of the next message if there is none. */
  long firstUnacknowledged() {
    return sent - unacknowledged.size() + 1;
  }

  // ---- what is received

  /** The client has come back: it first says where it begins. */
  void resumed() {
    awaitsSequence = true;
  }

  /** Where the client begins. */
  void sequence(long number) throws HubViolation {
    if (number > next || number < 1) {
      throw HubViolation.malformed("Sequence ID greater than amount of messages we've received.");
    }
    next = number;
    awaitsSequence = false;
  }

  /** Whether a message is to be handled: not before the client said where it begins, not twice. */
  boolean isNew(HubMessage message) {
    if (awaitsSequence) {
      return false;
    }
    if (!message.counted()) {
      return true;
    }
    long number = next++;
    if (number <= received) {
      return false;
    }
    received = number;
    return true;
  }

  /** The number of the latest message that has come. */
  long received() {
    return received;
  }

  /** What has come up to that number may be acknowledged. */
  void secured(long number) {
    safe = number;
  }

  /** Whether more may be acknowledged than the client has been told. */
  boolean owesAck() {
    return safe > acknowledged;
  }

  /** The number to acknowledge; called when that is sent. */
  long acknowledge() {
    acknowledged = safe;
    return safe;
  }
}
