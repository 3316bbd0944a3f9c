package dev.selvedge.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/** Waits behind {@link TlsChannel} for the handshake's end, then has the lane speak HTTP. */
final class TlsHandshake extends ChannelInboundHandlerAdapter implements Wheel.Owner {
  private final EdgeLane lane;
  private final TlsContext context;
  private final TlsChannel tls;
  private final Peer peer;
  private final Duration deadline;
  private final Wheel.Timer timer = new Wheel.Timer(this);
  private ChannelHandlerContext ctx;
  private boolean passedOn;

  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before any other call
  TlsHandshake(EdgeLane lane, TlsContext context, TlsChannel tls, Peer peer, Duration deadline) {
    this.lane = lane;
    this.context = context;
    this.tls = tls;
    this.peer = peer;
    this.deadline = deadline;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    lane.wheel().arm(timer, deadline);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done) {
      lane.wheel().cancel(timer);
      if (done.isSuccess()) {
        tls.sslCloseFuture().addListener(closed -> ctx.close());
        lane.speakHttp(
            ctx.pipeline(),
            tls.applicationProtocol(),
            peer,
            context.securityOf(tls.engine().getSession()));
      } else {
        refuse();
      }
    } else {
      ReferenceCountUtil.release(event);
    }
  }

  private void refuse() {
    lane.metrics().refused("tls-handshake");
    ctx.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    passedOn = true;
    ctx.fireChannelRead(message);
  }

  /**
   * The end of a read that was all handshake is not passed on: for those behind, it would be one of
   * the beginning of a request.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (passedOn) {
      ctx.fireChannelReadComplete();
    }
    if (tls.handshakeFuture().isSuccess()) {
      ctx.pipeline().remove(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lane.wheel().cancel(timer);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void onDeadline() {
    refuse();
  }

  @Override
  public void onDrain() {
    ctx.close();
  }

  @Override
  public void onShutdown() {
    ctx.close();
  }
}
