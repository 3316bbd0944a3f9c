package dev.selvedge.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * What is counted of one function on this node. Get it once from {@link Metrics#function} and keep
 * it: its methods are cheap enough for each message, and may be called on any thread.
 */
public final class FunctionMeters {
  final LongAdder messagesIn = new LongAdder();
  final LongAdder messagesOut = new LongAdder();
  final LongAdder errors = new LongAdder();
  final LongAdder rebinds = new LongAdder();
  final LongAdder drops = new LongAdder();
  final LatencyHistogram callbacks = new LatencyHistogram();

  FunctionMeters() {}

  /** A message from a client was taken. */
  public void messageIn() {
    messagesIn.increment();
  }

  /** A message was written towards a client. */
  public void messageOut() {
    messagesOut.increment();
  }

  /** A callback took so long, from its call to the completion of its future. */
  public void callbackTook(long nanos) {
    callbacks.record(nanos);
  }

  /** A callback threw, or its future failed. */
  public void error() {
    errors.increment();
  }

  /** A session was bound to another instance than before. */
  public void rebound() {
    rebinds.increment();
  }

  /** An event was dropped because its client reads too slowly. */
  public void outboundDropped() {
    drops.increment();
  }

  /** The callbacks that failed since the node started. */
  public long errorCount() {
    return errors.sum();
  }
}
