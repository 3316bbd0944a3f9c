package dev.selvedge.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/**
 * The end of a socket whose last bytes must arrive: after them our side is shut, and what the
 * client still sends is read and dropped until it closes too. Closing at once instead would make
 * the kernel answer unread bytes with a reset, which destroys what the client has not read yet.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter implements Wheel.Owner {
  /** For the client's FIN to come after the last bytes have been taken. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** For the client to take a part of the last bytes: who takes nothing for so long is gone. */
  private static final Duration STALL = Duration.ofSeconds(30);

  private final Wheel wheel;
  private final ChannelFuture lastWrite;
  private final Wheel.Timer timer = new Wheel.Timer(this);
  private ChannelHandlerContext ctx;
  private long pending = Long.MAX_VALUE;

  private LingeringClose(Wheel wheel, ChannelFuture lastWrite, ChannelHandlerContext ctx) {
    this.wheel = wheel;
    this.lastWrite = lastWrite;
    this.ctx = ctx;
  }

  /**
   * Takes the place of a handler that has written (and need not have flushed) its last bytes.
   *
   * @param ctx the handler's; its pipeline's other handlers must tolerate bytes or be gone
   */
  static void begin(ChannelHandlerContext ctx, Wheel wheel, ChannelFuture lastWrite) {
    if (!ctx.channel().isActive()) {
      ctx.close();
      return;
    }
    ctx.flush();
    ctx.pipeline().replace(ctx.handler(), "linger", new LingeringClose(wheel, lastWrite, ctx));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    wheel.arm(timer, STALL);
    ctx.channel().config().setAutoRead(true);
    lastWrite.addListener(done -> shutOutput());
  }

  private void shutOutput() {
    if (lastWrite.isSuccess()) {
      wheel.arm(timer, PATIENCE);
      shutOutput(ctx.channel());
    } else {
      ctx.close();
    }
  }

  /** Tells the client that no more will come: in TLS first, where that is spoken. */
  static void shutOutput(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutSocket(channel);
    } else {
      tls.closeOutbound().addListener(told -> shutSocket(channel));
    }
  }

  private static void shutSocket(Channel channel) {
    if (channel instanceof DuplexChannel socket) {
      socket.shutdownOutput();
    } else {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    wheel.cancel(timer);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    wheel.cancel(timer);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void onDeadline() {
    ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
    long left = waiting == null ? 0 : waiting.totalPendingWriteBytes();
    if (!lastWrite.isDone() && left < pending) {
      pending = left;
      wheel.arm(timer, STALL);
    } else {
      ctx.close();
    }
  }

  @Override
  public void onShutdown() {
    ctx.close();
  }
}
