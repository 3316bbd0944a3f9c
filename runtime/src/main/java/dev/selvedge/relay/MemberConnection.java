package dev.selvedge.relay;

import dev.selvedge.edge.Wheel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a member: idle, or busy with one request of one user. Confined to its event loop.
 *
 * <p>A connection goes back to the idle ones only if the request was sent whole, the answer came
 * whole, the member keeps it and nothing came behind. What comes while it is idle is nobody's
 * answer, and closes it.
 */
final class MemberConnection extends ChannelInboundHandlerAdapter implements Wheel.Owner {
  /** Whose request it is busy with. */
  interface User extends AnswerParser.Sink {
    /** The connection is over before the answer was. */
    void lost();

    /** The answer is not HTTP; the connection is closed. */
    void bad(BadAnswer why);

    /** More of the request may be written. */
    void drained();

    /** The time that was set with {@link MemberConnection#expect} is over. */
    void timedOut();
  }

  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final MemberConnections home;
  private final MemberConnections.Key key;
  private final Wheel.Timer timer = new Wheel.Timer(this);

  @SuppressWarnings("NullAway.Init") // set by handlerAdded, before any other call
  private ChannelHandlerContext ctx;

  private @Nullable User user;
  private @Nullable AnswerParser parser;
  private boolean used;
  private boolean chunked;
  private boolean flushing;

  MemberConnection(MemberConnections home, MemberConnections.Key key) {
    this.home = home;
    this.key = key;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  MemberConnections.Key key() {
    return key;
  }

  Channel channel() {
    return ctx.channel();
  }

  boolean isActive() {
    return ctx.channel().isActive();
  }

  // ---- a request

  /** Sends a head; from here on the connection is the user's. */
  void begin(RequestHead head, User by) {
    user = by;
    parser = new AnswerParser(by, head.isHead());
    chunked = head.chunked();
    ctx.write(head.encode(ctx.alloc()), ctx.voidPromise());
    flushSoon();
    ctx.channel().config().setAutoRead(true);
  }

  /** A part of the request's body; takes it over. */
  void write(ByteBuf part) {
    if (!part.isReadable()) {
      part.release();
      return;
    }
    if (chunked) {
      byte[] size =
          (Integer.toHexString(part.readableBytes()) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      ctx.write(Unpooled.wrappedBuffer(size), ctx.voidPromise());
      ctx.write(part, ctx.voidPromise());
      ctx.write(Unpooled.wrappedBuffer(LAST_CHUNK, 1, 2), ctx.voidPromise());
    } else {
      ctx.write(part, ctx.voidPromise());
    }
    flushSoon();
  }

  /** The request is whole. */
  void endRequest() {
    if (chunked) {
      ctx.write(Unpooled.wrappedBuffer(LAST_CHUNK), ctx.voidPromise());
      flushSoon();
    }
  }

  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      ctx.channel()
          .eventLoop()
          .execute(
              () -> {
                flushing = false;
                ctx.flush();
              });
    }
  }

  boolean writable() {
    return ctx.channel().isWritable();
  }

  /** The member is not read for now. */
  void pause() {
    ctx.channel().config().setAutoRead(false);
  }

  void resume() {
    ctx.channel().config().setAutoRead(true);
  }

  /** Calls {@link User#timedOut} after this time, instead of any that was set before. */
  void expect(Duration within) {
    home.wheel().arm(timer, within);
  }

  /** Whether it had served another request before: then the member may have closed it unseen. */
  boolean wasUsedBefore() {
    return used;
  }

  boolean answerBegun() {
    return parser != null && parser.begun();
  }

  /**
   * The request is over: the connection is for others, if it can be.
   *
   * @param keepAlive how many may be idle
   */
  void release(boolean reusable, int keepAlive) {
    user = null;
    stopParser();
    used = true;
    if (reusable && isActive() && writable()) {
      ctx.channel().config().setAutoRead(true);
      home.keep(this, timer, keepAlive);
    } else {
      close();
    }
  }

  private void stopParser() {
    AnswerParser stopped = parser;
    parser = null;
    if (stopped != null) {
      stopped.stop();
    }
  }

  void close() {
    user = null;
    stopParser();
    home.wheel().cancel(timer);
    ctx.close();
  }

  /**
   * Stops being a connection of HTTP: its handler is not in the channel any more. What the channel
   * brings goes nowhere until another one is there: add it in the same turn of the loop.
   */
  Channel detach() {
    user = null;
    stopParser();
    home.wheel().cancel(timer);
    ctx.pipeline().remove(this);
    return ctx.channel();
  }

  // ---- the channel

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    AnswerParser to = parser;
    User by = user;
    if (!(message instanceof ByteBuf bytes) || to == null || by == null) {
      ReferenceCountUtil.release(message);
      close();
      return;
    }
    try {
      to.read(bytes);
    } catch (BadAnswer bad) {
      close();
      by.bad(bad);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (user != null && ctx.channel().isWritable()) {
      user.drained();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    home.wheel().cancel(timer);
    home.forget(this);
    User by = user;
    AnswerParser to = parser;
    if (by != null && to != null && !to.closed()) {
      user = null;
      by.lost();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void onDeadline() {
    if (user != null) {
      user.timedOut();
    } else {
      close();
    }
  }

  @Override
  public void onDrain() {
    if (user == null) {
      close();
    }
  }

  /** Who uses it loses it with its client, whom the same shutdown closes. */
  @Override
  public void onShutdown() {
    ctx.close();
  }
}
