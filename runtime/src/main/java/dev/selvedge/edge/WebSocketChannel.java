package dev.selvedge.edge;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket as the only handler of its socket's pipeline (RFC 6455). An idle one is this object,
 * its reader, its timer and Netty's channel, and nothing of the request it came from.
 *
 * <p>Back-pressure inwards is the socket's: while paused nothing is decoded and nothing read.
 * Outwards the sender sees {@link #pendingBytes}; beyond {@link #PENDING_LIMIT} the connection ends
 * as a slow consumer, and pings go unanswered from {@link #PONG_LIMIT} on, so that nothing grows
 * without a bound.
 */
final class WebSocketChannel extends FlushingHandler
    implements WebSocketConnection, FrameReader.Sink, Wheel.Owner {
  static final int PENDING_LIMIT = 2 * 1024 * 1024;
  static final int PONG_LIMIT = 256 * 1024;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

  private enum State {
    OPEN,
    /** Our Close frame is sent; only the client's is waited for. */
    CLOSING,
    OVER
  }

  private final WebSocketLimits limits;

  /** The lane's compressor if permessage-deflate was agreed on, and the client's window. */
  private final @Nullable PerMessageDeflate deflate;

  private final byte windowBits;
  private final Wheel.Timer timer = new Wheel.Timer(this);

  @SuppressWarnings("NullAway.Init") // set by handlerAdded, before anything else is called
  private FrameReader reader;

  private @Nullable Listener listener;
  private State state = State.OPEN;
  private boolean paused;
  private boolean pinged;

  /** Why we close; meaningful from CLOSING on. */
  private CloseReason reason = CloseReason.LOST;

  /** The tick of the last received bytes, or of the ping that followed them. */
  private int quietSince;

  /** The tick of the last message of either direction. */
  private int idleSince;

  /**
   * @param terms if permessage-deflate was agreed on
   */
  WebSocketChannel(EdgeLane lane, WebSocketLimits limits, @Nullable DeflateTerms terms) {
    super(lane);
    this.limits = limits;
    this.deflate = terms == null ? null : lane.deflate();
    this.windowBits = (byte) (terms == null ? 0 : terms.windowBits());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    this.reader = new FrameReader(this, limits, ctx.alloc(), deflate);
    ctx.channel().config().setAutoRead(false);
    lane.metrics().webSocketOpened();
    lane.wheel().park(timer);
    quietSince = lane.wheel().now();
    idleSince = quietSince;
    armForSilence();
  }

  @Override
  public void listen(Listener listener) {
    this.listener = listener;
    resumeReading();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    readBegins();
    ContextInternal before = lane.context().beginDispatch();
    try {
      receive(bytes);
    } finally {
      lane.context().endDispatch(before);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readEnds();
  }

  /** Takes bytes, which may also be those that came behind the handshake. */
  void receive(ByteBuf bytes) {
    quietSince = lane.wheel().now();
    pinged = false;
    try {
      reader.read(bytes);
    } catch (WebSocketViolation violation) {
      fail(violation.reason());
    }
  }

  @Override
  public void pauseReading() {
    paused = true;
    ctx.channel().config().setAutoRead(false);
  }

  @Override
  public void resumeReading() {
    paused = false;
    readOn();
  }

  /** What is held was received before anything that is still in the socket. */
  private void readOn() {
    try {
      reader.resume();
    } catch (WebSocketViolation violation) {
      fail(violation.reason());
    }
    if (reading()) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public boolean reading() {
    return state == State.CLOSING || state == State.OPEN && listener != null && !paused;
  }

  @Override
  public void message(boolean text, ByteBuf payload) {
    if (state == State.OPEN && listener != null) {
      idleSince = lane.wheel().now();
      try {
        listener.message(text, payload);
      } catch (RuntimeException e) {
        lane.context().reportException(e);
        fail(CloseReason.INTERNAL_ERROR);
      }
    }
  }

  @Override
  public void ping(ByteBuf payload) {
    if (state == State.OPEN && pendingBytes() < PONG_LIMIT) {
      write(FrameWriter.PONG, payload.retain());
    }
  }

  @Override
  public void pong() {}

  /** The client's Close frame: answered with its code if it came first (RFC 6455 §5.5.1). */
  @Override
  public void closed(CloseReason theirs) {
    if (state == State.CLOSING) {
      end(reason, ctx.newSucceededFuture());
    } else if (state == State.OPEN) {
      boolean named = limits.namesNormalEnd() && theirs.code() == CloseReason.NO_STATUS.code();
      int code = named ? CloseReason.NORMAL.code() : theirs.code();
      end(theirs, writeClose(new CloseReason(code, "", theirs.retry())));
    }
  }

  @Override
  public void send(boolean text, byte[] payload) {
    if (state != State.OPEN) {
      return;
    }
    if (pendingBytes() > PENDING_LIMIT) {
      state = State.CLOSING;
      reason = CloseReason.SLOW_CONSUMER;
      ctx.executor().execute(() -> end(reason, writeClose(reason)));
      return;
    }
    idleSince = lane.wheel().now();
    int first = text ? FrameWriter.TEXT : FrameWriter.BINARY;
    if (deflate != null && payload.length >= PerMessageDeflate.MIN_BYTES) {
      ByteBuf whole = Unpooled.wrappedBuffer(payload);
      write(first | FrameWriter.COMPRESSED, deflate.deflate(whole, ctx.alloc(), windowBits));
    } else if (!lane.fanOut().send(ctx, first, payload)) {
      flushSoon();
    }
  }

  private void write(int first, ByteBuf payload) {
    FrameWriter.write(ctx, first, payload, ctx.voidPromise());
    flushSoon();
  }

  private ChannelFuture writeClose(CloseReason why) {
    var promise = ctx.newPromise();
    FrameWriter.write(ctx, FrameWriter.CLOSE, CloseFrames.payload(ctx.alloc(), why), promise);
    return promise;
  }

  @Override
  public void close(CloseReason why) {
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSING;
    reason = why;
    if (CloseFrames.maySend(why.code())) {
      writeClose(why);
      flushSoon();
      lane.wheel().arm(timer, CLOSE_PATIENCE);
      ctx.executor().execute(this::readOn);
    } else {
      ctx.executor().execute(ctx::close);
    }
  }

  /** Fails the connection (RFC 6455 §7.1.7): what the client sends from here on is dropped. */
  private void fail(CloseReason why) {
    if (state == State.OPEN) {
      end(why, writeClose(why));
    } else if (state == State.CLOSING) {
      end(reason, ctx.newSucceededFuture());
    }
  }

  private void end(CloseReason why, ChannelFuture lastWrite) {
    if (isOver(why)) {
      LingeringClose.begin(ctx, lane.wheel(), lastWrite);
      tell(why);
    }
  }

  /** Moves to OVER; false if it was there already. */
  private boolean isOver(CloseReason why) {
    if (state == State.OVER) {
      return false;
    }
    state = State.OVER;
    lane.wheel().cancel(timer);
    reader.release();
    lane.metrics().webSocketClosed(why.code());
    return true;
  }

  private void tell(CloseReason why) {
    Listener told = listener;
    listener = null;
    if (told != null) {
      lane.context().dispatch(why, told::closed);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    CloseReason why = state == State.CLOSING ? reason : CloseReason.LOST;
    if (isOver(why)) {
      tell(why);
    }
  }

  @Override
  public long pendingBytes() {
    ChannelOutboundBuffer pending = ctx.channel().unsafe().outboundBuffer();
    return pending == null ? 0 : pending.totalPendingWriteBytes();
  }

  @Override
  public boolean writable() {
    return ctx.channel().isWritable();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Listener told = listener;
    if (state == State.OPEN && told != null && ctx.channel().isWritable()) {
      lane.context().dispatch(told::drained);
    }
  }

  /** Heartbeat, idle time or the wait for the client's Close. */
  @Override
  public void onDeadline() {
    if (state == State.CLOSING) {
      ctx.close();
      return;
    }
    int now = lane.wheel().now();
    if (!limits.idle().isZero() && now - idleSince >= Wheel.ticks(limits.idle())) {
      close(CloseReason.IDLE);
      return;
    }
    if (paused) {
      // Pongs wait in the socket with everything else.
      quietSince = now;
    }
    if (!limits.heartbeat().isZero() && now - quietSince >= Wheel.ticks(limits.heartbeat())) {
      if (pinged) {
        fail(CloseReason.HEARTBEAT);
        return;
      }
      pinged = true;
      quietSince = now;
      write(FrameWriter.PING, Unpooled.EMPTY_BUFFER);
    }
    armForSilence();
  }

  private void armForSilence() {
    int now = lane.wheel().now();
    int heartbeat =
        limits.heartbeat().isZero()
            ? Integer.MAX_VALUE
            : quietSince + Wheel.ticks(limits.heartbeat()) - now;
    int idle =
        limits.idle().isZero() ? Integer.MAX_VALUE : idleSince + Wheel.ticks(limits.idle()) - now;
    int next = Math.min(heartbeat, idle);
    if (next == Integer.MAX_VALUE) {
      lane.wheel().park(timer);
    } else {
      lane.wheel().arm(timer, next);
    }
  }

  /** To a session that could go on elsewhere, its client is lost: neither has ended it. */
  @Override
  public void onShutdown() {
    if (state == State.OPEN) {
      state = State.CLOSING;
      reason = CloseReason.LOST;
      writeClose(CloseReason.GOING_AWAY);
      ctx.flush();
    }
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  /** A reset or another failure of the socket: the client is gone. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
