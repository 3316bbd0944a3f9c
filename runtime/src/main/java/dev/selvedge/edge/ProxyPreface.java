package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a connection that a trusted proxy makes: waits for the PROXY header, and for
 * nothing else. What is none, or takes too long, closes the connection; what comes behind it goes
 * to the handlers that the connection has by then. Confined to its event loop.
 */
public final class ProxyPreface extends ChannelInboundHandlerAdapter implements Wheel.Owner {
  /** Long enough for a lost first segment to be sent again, as the protocol asks for. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private enum State {
    WAITING,
    REFUSED,
    /** The header has come: what follows is for others. */
    PASSED
  }

  private final Wheel wheel;
  private final Consumer<ClientEnds> begin;
  private final Runnable refused;
  private final Wheel.Timer timer = new Wheel.Timer(this);

  @SuppressWarnings("NullAway.Init") // set by handlerAdded, before any other call
  private ChannelHandlerContext ctx;

  private @Nullable ByteBuf held;
  private State state = State.WAITING;
  private boolean passedOn;

  private ProxyPreface(Wheel wheel, Consumer<ClientEnds> begin, Runnable refused) {
    this.wheel = wheel;
    this.begin = begin;
    this.refused = refused;
  }

  /**
   * Puts it before a connection.
   *
   * @param channel its other handlers, if it has some, get nothing before the header's end
   * @param trusted whose header is believed; the connection of another one is closed at once
   * @param begin gets the ends when they are known; adds the handlers that are still missing
   * @param refused called when the connection is closed because of what it began with
   */
  public static void await(
      Channel channel,
      ProxyTrust trusted,
      Wheel wheel,
      Consumer<ClientEnds> begin,
      Runnable refused) {
    if (!trusted.trusts(ClientEnds.of(channel).source().getAddress())) {
      refused.run();
      channel.close();
      return;
    }
    channel.pipeline().addFirst("proxy", new ProxyPreface(wheel, begin, refused));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    wheel.arm(timer, PATIENCE);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state == State.PASSED) {
      passedOn = true;
      ctx.fireChannelRead(message);
    } else if (state == State.WAITING && message instanceof ByteBuf bytes) {
      take(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void take(ByteBuf bytes) {
    ByteBuf all = held == null ? bytes : Buffers.join(ctx.alloc(), held, bytes);
    held = all;
    try {
      ProxyHeader header = ProxyHeader.read(all);
      if (header != null) {
        end(header, all);
      }
    } catch (ProxyHeader.Malformed malformed) {
      refuse();
    }
  }

  private void end(ProxyHeader header, ByteBuf all) {
    state = State.PASSED;
    held = null;
    wheel.cancel(timer);
    begin.accept(ClientEnds.of(ctx.channel()).told(header));
    if (all.isReadable()) {
      passedOn = true;
      ctx.fireChannelRead(all);
    } else {
      all.release();
    }
  }

  /**
   * The end of a read that was all header is not passed on: for those behind, it would be one of
   * the beginning of a request.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state == State.PASSED) {
      if (passedOn) {
        ctx.fireChannelReadComplete();
      }
      if (!ctx.isRemoved()) {
        ctx.pipeline().remove(this);
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (state == State.PASSED) {
      ctx.fireUserEventTriggered(event);
    } else if (event instanceof ChannelInputShutdownEvent) {
      refuse();
    } else {
      ReferenceCountUtil.release(event);
    }
  }

  private void refuse() {
    if (state == State.WAITING) {
      state = State.REFUSED;
      refused.run();
      ctx.close();
    }
  }

  @Override
  public void onDeadline() {
    refuse();
  }

  @Override
  public void onShutdown() {
    ctx.close();
  }

  @Override
  public void onDrain() {
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    wheel.cancel(timer);
    releaseHeld();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    wheel.cancel(timer);
    releaseHeld();
    ctx.fireChannelInactive();
  }

  private void releaseHeld() {
    ByteBuf bytes = held;
    held = null;
    if (bytes != null) {
      bytes.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (state == State.PASSED) {
      ctx.fireExceptionCaught(cause);
    } else {
      ctx.close();
    }
  }
}
