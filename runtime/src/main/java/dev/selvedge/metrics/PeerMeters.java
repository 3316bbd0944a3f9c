package dev.selvedge.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * What is counted of the messages between this node and its peers outside of the cluster. Any
 * thread.
 */
public final class PeerMeters {
  final LongAdder published = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder lost = new LongAdder();

  /** A message was given to Redis. */
  public void published() {
    published.increment();
  }

  /** A message came from Redis; this node's own and its siblings' count, too. */
  public void received() {
    received.increment();
  }

  /** A message was to go to Redis and could not. */
  public void lost() {
    lost.increment();
  }

  /** The messages that were lost since the node started. */
  public long lostCount() {
    return lost.sum();
  }
}
