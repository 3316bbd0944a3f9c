package dev.selvedge.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The messages of a fan-out: when each was sent, and how many have received it so far. Thread-safe;
 * one thread sends.
 */
final class Rounds {
  /** Messages whose time is remembered. One that arrives later than so many others is lost. */
  private static final int REMEMBERED = 1 << 12;

  private final AtomicLongArray sentAt = new AtomicLongArray(REMEMBERED);
  private final AtomicLongArray missing = new AtomicLongArray(REMEMBERED);
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong heard = new AtomicLong();
  private final int members;

  Rounds(int members) {
    this.members = members;
  }

  int members() {
    return members;
  }

  /** Begins the next round and returns its number. */
  long send(long at) {
    long round = sent.get();
    sentAt.set(slot(round), at);
    missing.set(slot(round), members);
    sent.incrementAndGet();
    return round;
  }

  private static int slot(long round) {
    return (int) (round % REMEMBERED);
  }

  /** When a round was sent, or -1 if it is none or too long ago. */
  long sentAt(long round) {
    long next = sent.get();
    return round >= 0 && round < next && next - round <= REMEMBERED ? sentAt.get(slot(round)) : -1;
  }

  /** One member has received it; true if it is the last one. */
  boolean heard(long round) {
    heard.incrementAndGet();
    return missing.decrementAndGet(slot(round)) == 0;
  }

  /** Deliveries that have not come so far. */
  long waiting() {
    return sent.get() * members - heard.get();
  }

  long sent() {
    return sent.get();
  }
}
