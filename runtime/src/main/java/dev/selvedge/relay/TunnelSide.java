package dev.selvedge.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One socket of a {@link Tunnel}: what it receives goes to the other one. */
final class TunnelSide extends ChannelInboundHandlerAdapter {
  private static final byte[] CLOSE_1012 = {(byte) 0x88, 2, 0x03, (byte) 0xf4};

  /** The same with a mask of zeros: a Close frame says nothing that must not be seen. */
  private static final byte[] MASKED_CLOSE_1012 = {
    (byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xf4
  };

  private final Tunnel tunnel;
  private final @Nullable FrameBoundary frames;
  private final boolean isMember;

  @SuppressWarnings("NullAway.Init") // set by the tunnel's constructor
  private TunnelSide peer;

  /** Set by handlerAdded, as what follows; stays null if the client was gone before. */
  @SuppressWarnings("NullAway.Init")
  private Channel channel;

  /** What is written here passes no handler behind this one: there is none. */
  @SuppressWarnings("NullAway.Init")
  private ChannelHandlerContext ctx;

  private boolean evicting;

  /** Nothing of this side goes to the other any more; what still comes is dropped. */
  private boolean ended;

  /** This side's socket sends no more. */
  private boolean inputEnded;

  /** Our end has been sent to this side. */
  private boolean outputEnded;

  private boolean closed;

  TunnelSide(Tunnel tunnel, @Nullable FrameBoundary frames, boolean isMember) {
    this.tunnel = tunnel;
    this.frames = frames;
    this.isMember = isMember;
  }

  void peer(TunnelSide other) {
    peer = other;
  }

  Channel channel() {
    return channel;
  }

  long pending() {
    ChannelOutboundBuffer waiting = channel == null ? null : channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  boolean isClosed() {
    return closed;
  }

  /** There is no such socket any more. */
  void missing() {
    closed = true;
    tunnel.closed();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    this.ctx = ctx;
  }

  // ---- bytes

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      receive(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  /** Takes bytes of this side over. */
  void receive(ByteBuf bytes) {
    if (ended || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    tunnel.passed(isMember, bytes.readableBytes());
    if (frames == null) {
      pass(bytes);
    } else if (evicting) {
      int rest = frames.passOneFrame(bytes);
      pass(bytes.writerIndex(bytes.readerIndex() + rest));
      closeIfBetweenFrames(frames);
    } else {
      frames.pass(bytes);
      pass(bytes);
    }
  }

  private void pass(ByteBuf bytes) {
    peer.write(bytes);
    if (!peer.channel.isWritable()) {
      channel.config().setAutoRead(false);
    }
  }

  private void write(ByteBuf bytes) {
    ctx.write(bytes, ctx.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (peer.ctx != null) {
      peer.ctx.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      peer.readIfTaken();
    }
  }

  /** Reads on, unless the other side is full. What goes nowhere is read, too, up to its end. */
  void readIfTaken() {
    if (ended || peer.channel.isWritable()) {
      read();
    }
  }

  /** Nothing comes after the end; netty closes an epoll socket that is told to read there. */
  private void read() {
    if (!inputEnded) {
      channel.config().setAutoRead(true);
    }
  }

  // ---- eviction

  void evict() {
    evicting = true;
    if (frames == null) {
      end();
    } else {
      closeIfBetweenFrames(frames);
      peer.ctx.flush();
    }
  }

  /** Tells the other side to come back, in place of this side's next frame. */
  private void closeIfBetweenFrames(FrameBoundary at) {
    if (!ended && at.atBoundary()) {
      if (!at.closed()) {
        byte[] frame = isMember ? CLOSE_1012 : MASKED_CLOSE_1012;
        peer.write(Unpooled.wrappedBuffer(frame));
      }
      end();
      read();
    }
  }

  // ---- the end of a direction

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      end();
      closeIfDone();
    }
    ReferenceCountUtil.release(event);
  }

  /** Nothing more goes to the other side: it gets what is on its way, and then an end. */
  private void end() {
    if (!ended) {
      ended = true;
      peer.endAfterLast();
      tunnel.directionEnded();
    }
  }

  private void endAfterLast() {
    if (channel != null && channel.isActive()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> endOutput());
    }
  }

  /**
   * The socket is not closed before its own end has come: closing it with unread bytes would make
   * the kernel send a reset, which destroys what the other end has not read yet.
   */
  private void endOutput() {
    outputEnded = true;
    if (inputEnded) {
      channel.close();
      return;
    }
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else if (channel instanceof DuplexChannel socket) {
      socket.shutdownOutput();
    }
    closeIfDone();
  }

  private void closeIfDone() {
    if (inputEnded && outputEnded) {
      channel.close();
    } else if (outputEnded && peer.closed) {
      tunnel.linger();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed = true;
    inputEnded = true;
    end();
    peer.nobodyTakes();
    tunnel.closed();
  }

  /** The other socket is closed: what this one still sends is dropped. */
  private void nobodyTakes() {
    ended = true;
    if (channel != null && channel.isActive()) {
      read();
      closeIfDone();
    }
  }

  /** Closes now; a reset does not wait for what is unsent. */
  void cut(boolean reset) {
    if (channel != null && channel.isActive()) {
      if (reset) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      channel.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
