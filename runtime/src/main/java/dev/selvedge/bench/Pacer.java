package dev.selvedge.bench;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Sends at times that are fixed beforehand, whatever the replies do: a server that stalls finds the
 * messages of that time waiting, and their latency counts from when they should have been sent.
 */
final class Pacer implements Runnable {
  private final EventExecutor loop;
  private final double period;
  private final long begin;
  private final long until;
  private final LongConsumer send;
  private volatile long sent;

  /**
   * @param period ns from one message to the next
   * @param send sends a message, given the time at which it is due
   */
  Pacer(EventExecutor loop, double period, long begin, long until, LongConsumer send) {
    this.loop = loop;
    this.period = period;
    this.begin = begin;
    this.until = until;
    this.send = send;
  }

  @Override
  public void run() {
    long now = System.nanoTime();
    for (long due = due(); due - until < 0; due = due()) {
      if (due - now > 0) {
        loop.schedule(this, due - now, TimeUnit.NANOSECONDS);
        return;
      }
      send.accept(due);
      sent = sent + 1;
    }
  }

  private long due() {
    return begin + (long) (sent * period);
  }

  /** Messages that are still to be sent, the late ones among them. Any thread. */
  long remaining() {
    long rest = (long) Math.ceil((until - due()) / period);
    return Math.max(0, rest);
  }
}
