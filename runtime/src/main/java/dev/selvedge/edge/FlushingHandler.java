package dev.selvedge.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * A connection's last handler, which decides when its writes are flushed: once at the end of a read
 * loop, or once at the end of the loop's tick for what is written outside of one.
 */
abstract class FlushingHandler extends ChannelInboundHandlerAdapter {
  final EdgeLane lane;

  @SuppressWarnings("NullAway.Init") // set by handlerAdded, before anything else is called
  ChannelHandlerContext ctx;

  private boolean reading;
  private boolean dirty;

  FlushingHandler(EdgeLane lane) {
    this.lane = lane;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  final void readBegins() {
    reading = true;
  }

  final void readEnds() {
    reading = false;
    flushNow();
  }

  /** Something was written. */
  final void flushSoon() {
    if (!dirty) {
      dirty = true;
      if (!reading) {
        lane.flushLater(this);
      }
    }
  }

  final void flushNow() {
    if (dirty) {
      dirty = false;
      ctx.flush();
    }
  }
}
