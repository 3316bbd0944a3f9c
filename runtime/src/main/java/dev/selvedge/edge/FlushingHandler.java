package dev.selvedge.edge;

import io.netty.channel.ChannelHandlerContext;

/**
 * Decides when a connection's writes are flushed: once at the end of a read loop, or once at the
 * end of the loop's tick for what is written outside of one.
 */
final class Flusher {
  private final EdgeLane lane;
  private final ChannelHandlerContext ctx;
  private boolean reading;
  private boolean dirty;

  Flusher(EdgeLane lane, ChannelHandlerContext ctx) {
    this.lane = lane;
    this.ctx = ctx;
  }

  void readBegins() {
    reading = true;
  }

  void readEnds() {
    reading = false;
    flushNow();
  }

  /** Something was written. */
  void flushSoon() {
    if (!dirty) {
      dirty = true;
      if (!reading) {
        lane.flushLater(this);
      }
    }
  }

  void flushNow() {
    if (dirty) {
      dirty = false;
      ctx.flush();
    }
  }
}
