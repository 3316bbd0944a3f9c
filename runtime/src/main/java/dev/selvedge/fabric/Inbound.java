package dev.selvedge.fabric;

import java.util.concurrent.TimeUnit;

/** The receiving half of a link: which batches have arrived in order. Confined to its lane. */
final class Inbound {
  private static final int ACK_BYTES = 64 * 1024;
  private static final long NACK_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

  private long received;
  private boolean owesAck;
  private int bytesSinceAck;
  private long nackedAt;
  private long nackedFor = -1;

  /**
   * Takes note of a batch. What comes twice or early is refused.
   *
   * @return whether its envelopes are to be delivered
   */
  boolean accept(long number, int bytes) {
    owesAck = true;
    if (number != received + 1) {
      return false;
    }
    received++;
    bytesSinceAck += bytes;
    return true;
  }

  /** Whether a batch of that number leaves a gap that was not reported just now. */
  boolean reportsGap(long number, long now) {
    if (number <= received + 1 || (nackedFor == received && now - nackedAt < NACK_PAUSE)) {
      return false;
    }
    nackedFor = received;
    nackedAt = now;
    return true;
  }

  /** The number to acknowledge; what was owed is paid with it. */
  long ack() {
    owesAck = false;
    bytesSinceAck = 0;
    return received;
  }

  boolean owesAck() {
    return owesAck;
  }

  /** So much came that the acknowledgement should not wait. */
  boolean owesMuch() {
    return bytesSinceAck >= ACK_BYTES;
  }
}
