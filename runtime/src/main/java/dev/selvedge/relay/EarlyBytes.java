package dev.selvedge.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a socket that is not read brings all the same: a client that sends and then ends its
 * half makes the kernel announce the end, and netty then reads once, 64 KiB at most. When this
 * handler is removed, the ones behind it get everything.
 */
final class EarlyBytes extends ChannelInboundHandlerAdapter {
  private @Nullable CompositeByteBuf held;
  private boolean ended;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      CompositeByteBuf all = held == null ? ctx.alloc().compositeBuffer() : held;
      held = all.addComponent(true, bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ended |= event instanceof ChannelInputShutdownEvent;
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (held != null) {
      held.release();
      held = null;
    }
    ctx.fireChannelInactive();
  }

  /** A reset, for example. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf bytes = held;
    held = null;
    if (bytes != null) {
      ctx.fireChannelRead(bytes);
      ctx.fireChannelReadComplete();
    }
    if (ended) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }
}
