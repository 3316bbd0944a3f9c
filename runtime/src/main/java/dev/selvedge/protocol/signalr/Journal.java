package dev.selvedge.protocol.signalr;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;

/**
 * What a connection that can be resumed remembers (HubProtocol.md, "Stateful reconnect"): the
 * counted messages that the client has not acknowledged, and how many of its own have arrived. All
 * of it is values, so that another node could go on with it.
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

  private long acknowledged;
  private boolean awaitsSequence;

  /**
   * @param limit of unacknowledged bytes, at which the session is told to stop
   */
  Journal(long limit) {
    this.limit = limit;
  }

  // ---- what is sent

  /** A counted message is being sent. */
  void add(byte[] message) {
    sent++;
    unacknowledged.addLast(message);
    bytes += message.length;
  }

  /** The client has everything up to this number. What it never was sent, it cannot have. */
  void acknowledged(long number) throws HubViolation {
    if (number > sent) {
      throw HubViolation.malformed(
          "Ack of message " + number + " (expected: at most " + sent + ")");
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

  /** What to send again, in order. */
  Collection<byte[]> unacknowledged() {
    return Collections.unmodifiableCollection(unacknowledged);
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

  /** Whether more has come than the client has been told. */
  boolean owesAck() {
    return received > acknowledged;
  }

  /** The number to acknowledge; called when that is sent. */
  long acknowledge() {
    acknowledged = received;
    return received;
  }
}
