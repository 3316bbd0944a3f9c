package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One client connection while it speaks HTTP/1.1 (RFC 9112): takes one request after the other,
 * keeps the deadlines, and ends with a close or by becoming a WebSocket.
 *
 * <p>Deadlines are absolute, not times of inactivity: headers must be complete so long after the
 * accept or after their first byte, a body so long after its headers. A pipelined request waits,
 * and with it the socket is not read, until the answer before it is complete.
 *
 * <p>From the head of a WebSocket handshake on, bytes are not decoded as HTTP any more: they wait
 * for the WebSocket, or are dropped with the connection if the handshake is refused, so that no
 * frame is ever taken for a request nor the other way round.
 */
final class HttpConnection extends FlushingHandler implements Wheel.Owner {
  /** What the timer is for. */
  private enum Phase {
    HEAD,
    BODY,
    ANSWER,
    IDLE,
    /** Handed over or closing: nothing more is taken. */
    OVER
  }

  private final Peer peer;
  private final ConnectionSecurity security;

  /** Whether this is a stream of HTTP/2: it has one exchange, and ends with it. */
  private final boolean stream;

  private final Wheel.Timer timer = new Wheel.Timer(this);

  @SuppressWarnings("NullAway.Init") // set by handlerAdded, before anything else is called
  private HttpWriter writer;

  private Phase phase = Phase.HEAD;
  private boolean sawBytes;
  private boolean decodedInThisRead;
  private boolean taking;
  private @Nullable HttpExchange exchange;

  /** Pipelined messages that wait for the answer in progress: at most what one read brought. */
  private @Nullable ArrayDeque<HttpObject> waiting;

  /** Bytes behind a handshake. */
  private @Nullable ByteBuf early;

  HttpConnection(EdgeLane lane, Peer peer, ConnectionSecurity security) {
    this(lane, peer, security, false);
  }

  private HttpConnection(EdgeLane lane, Peer peer, ConnectionSecurity security, boolean stream) {
    super(lane);
    this.peer = peer;
    this.security = security;
    this.stream = stream;
  }

  /** The same for a stream of HTTP/2, behind its {@link Http2StreamCodec}. */
  static HttpConnection ofStream(EdgeLane lane, Peer peer, ConnectionSecurity security) {
    return new HttpConnection(lane, peer, security, true);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    this.writer = new HttpWriter(ctx, this, security.hsts());
    lane.wheel().arm(timer, lane.config().headerDeadline());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ContextInternal before = lane.context().beginDispatch();
    readBegins();
    try {
      receive(message);
    } finally {
      lane.context().endDispatch(before);
    }
  }

  private void receive(Object message) {
    decodedInThisRead = true;
    if (phase == Phase.OVER) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof ByteBuf bytes) {
      holdEarly(bytes);
    } else if (isWaiting() || mustWait(message)) {
      hold((HttpObject) message);
    } else {
      take((HttpObject) message);
    }
  }

  private boolean mustWait(Object message) {
    return exchange != null && (message instanceof HttpRequest || exchange.bodyPaused());
  }

  private boolean isWaiting() {
    return waiting != null && !waiting.isEmpty();
  }

  private void hold(HttpObject message) {
    if (waiting == null) {
      waiting = new ArrayDeque<>(4);
    }
    waiting.add(message);
    updateReading();
  }

  private void holdEarly(ByteBuf bytes) {
    early = early == null ? bytes : Buffers.join(ctx.alloc(), early, bytes);
    updateReading();
  }

  /** The socket is read unless something that was read waits, or is not wanted at the moment. */
  void updateReading() {
    if (phase != Phase.OVER) {
      boolean held = isWaiting() || early != null;
      boolean unwanted = exchange != null && exchange.bodyPaused();
      ctx.channel().config().setAutoRead(!held && !unwanted);
    }
  }

  private void take(HttpObject message) {
    if (message instanceof HttpRequest request) {
      begin(request);
    } else if (message instanceof HttpContent content) {
      try {
        takeContent(content);
      } finally {
        content.release();
      }
    }
  }

  private void begin(HttpRequest request) {
    HttpError error = RequestRules.check(request);
    if (error != null) {
      refuse(error);
      return;
    }
    HttpExchange begun;
    try {
      begun = new HttpExchange(this, lane, request, RequestTarget.parse(request.uri()));
    } catch (HttpError e) {
      refuse(e);
      return;
    }
    if (!security.serves(begun.header("host"))) {
      refuse(new HttpError(421, "misdirected", "this connection is for another host"));
      return;
    }
    exchange = begun;
    if (begun.isWebSocketHandshake()) {
      ctx.pipeline().remove("decoder");
    }
    setPhase(begun.bodyEnded() ? Phase.ANSWER : Phase.BODY);
    handle(begun);
    if (isCurrent(begun)) {
      begun.expectWholeBody();
    }
    updateReading();
  }

  private void handle(HttpExchange begun) {
    try {
      lane.handler().handle(begun);
    } catch (HttpError e) {
      begun.fail(e);
    } catch (Throwable e) {
      lane.context().reportException(e);
      begun.fail(new HttpError(500, "internal-error", "the request could not be handled"));
    }
  }

  private void takeContent(HttpContent content) {
    HttpExchange current = exchange;
    if (current == null || current.bodyEnded()) {
      return;
    }
    if (content.decoderResult().isFailure()) {
      current.failBody(new HttpError(400, "bad-body", "the body is not encoded as HTTP/1.1 wants"));
      return;
    }
    current.receive(content.content());
    if (content instanceof LastHttpContent && exchange == current) {
      setPhase(Phase.ANSWER);
      current.endBody();
    }
  }

  private void setPhase(Phase next) {
    phase = next;
    switch (next) {
      case HEAD -> lane.wheel().arm(timer, lane.config().headerDeadline());
      case BODY -> lane.wheel().arm(timer, lane.config().bodyDeadline());
      case IDLE -> lane.wheel().arm(timer, lane.config().keepAlive());
      case ANSWER -> lane.wheel().park(timer);
      case OVER -> lane.wheel().cancel(timer);
    }
  }

  private void refuse(HttpError error) {
    lane.metrics().refused(error.code());
    lane.metrics().answered(error.status());
    endWith(writer.error(error));
  }

  HttpWriter writer() {
    return writer;
  }

  Peer peer() {
    return peer;
  }

  boolean isStream() {
    return stream;
  }

  /** Bytes written and not yet taken by the socket, or by the stream's window. */
  long pendingBytes() {
    Channel channel = ctx.channel();
    if (!stream) {
      ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
      return pending == null ? 0 : pending.totalPendingWriteBytes();
    }
    // A stream's channel tells only how far it is from its water marks.
    WriteBufferWaterMark marks = channel.config().getWriteBufferWaterMark();
    return channel.isWritable()
        ? Math.max(0, marks.high() - channel.bytesBeforeUnwritable())
        : marks.low() + channel.bytesBeforeWritable();
  }

  ConnectionSecurity security() {
    return security;
  }

  Channel channel() {
    return ctx.channel();
  }

  /** Whether the connection has to end with this exchange's answer. */
  boolean mustCloseAfter(HttpExchange answered) {
    return !answered.keepAlive() || !answered.bodyEnded() || lane.draining();
  }

  /** A relayed answer may also leave the connection open after a handshake. */
  boolean mustCloseAfterRelayed(HttpExchange answered) {
    return !answered.bodyEnded() || early != null || lane.draining();
  }

  boolean isCurrent(HttpExchange one) {
    return exchange == one && phase != Phase.OVER;
  }

  /** The exchange's answer is written whole. */
  void answered(ChannelFuture lastWrite, boolean close) {
    if (close || early != null || stream) {
      endWith(lastWrite);
    } else {
      flushSoon();
      exchange = null;
      if (ctx.pipeline().context("decoder") == null) {
        ctx.pipeline().addBefore("encoder", "decoder", lane.decoder());
      }
      setPhase(Phase.IDLE);
      takeWaiting();
    }
  }

  /** Goes on with what was held back, as far as that is possible now. */
  void takeWaiting() {
    if (taking) {
      return;
    }
    taking = true;
    HttpObject next;
    while (waiting != null && mayTake() && (next = waiting.poll()) != null) {
      take(next);
    }
    taking = false;
    updateReading();
  }

  private boolean mayTake() {
    return phase != Phase.OVER
        && (exchange == null || !exchange.bodyEnded() && !exchange.bodyPaused());
  }

  private void endWith(ChannelFuture lastWrite) {
    exchange = null;
    setPhase(Phase.OVER);
    removeIfPresent("decoder");
    releaseHeld();
    if (stream) {
      lane.wheel().arm(timer, lane.config().keepAlive());
      ctx.flush();
      lastWrite.addListener(sent -> ctx.close());
    } else {
      LingeringClose.begin(ctx, lane.wheel(), lastWrite);
    }
  }

  /** Ends in the middle of an answer: what was written is sent, its end is not. */
  void breakOff() {
    exchange = null;
    setPhase(Phase.OVER);
    releaseHeld();
    ctx.flush();
    ctx.close();
  }

  /** Makes way for a WebSocket, which gets the bytes that came behind the handshake. */
  void becomeWebSocket(ByteBuf answer, WebSocketChannel webSocket) {
    ByteBuf behind = makeWay();
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.replace(this, "websocket", webSocket);
    pipeline.writeAndFlush(answer, pipeline.voidPromise());
    if (behind != null) {
      webSocket.receive(behind);
    }
  }

  /** Makes way for a tunnel, which gets the bytes that came behind the request. */
  void becomeTunnel(ByteBuf answer, ChannelInboundHandler tunnel) {
    ByteBuf behind = makeWay();
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.write(answer, pipeline.voidPromise());
    ChannelHandlerContext before = ctx;
    pipeline.addAfter(before.name(), "tunnel", tunnel);
    if (behind != null) {
      before.fireChannelRead(behind);
      before.fireChannelReadComplete();
    }
    pipeline.remove(this);
    before.channel().flush();
  }

  /** No HTTP from here on; the bytes that came behind the request, for who comes next. */
  private @Nullable ByteBuf makeWay() {
    ByteBuf behind = early;
    early = null;
    exchange = null;
    setPhase(Phase.OVER);
    removeIfPresent("decoder");
    removeIfPresent("encoder");
    return behind;
  }

  private void removeIfPresent(String name) {
    if (ctx.pipeline().context(name) != null) {
      ctx.pipeline().remove(name);
    }
  }

  private void releaseHeld() {
    if (waiting != null) {
      waiting.forEach(ReferenceCountUtil::release);
      waiting.clear();
    }
    if (early != null) {
      early.release();
      early = null;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // A read that completed no message was the first part of a head.
    if (!decodedInThisRead && phase == Phase.IDLE) {
      setPhase(Phase.HEAD);
    }
    sawBytes = true;
    decodedInThisRead = false;
    readEnds();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable() && exchange != null) {
      HttpExchange current = exchange;
      lane.context().dispatch(current::drained);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    HttpExchange current = exchange;
    exchange = null;
    setPhase(Phase.OVER);
    releaseHeld();
    if (current != null) {
      lane.context().dispatch(current::abort);
    }
  }

  @Override
  public void onDeadline() {
    switch (phase) {
      case HEAD -> {
        if (sawBytes) {
          refuse(new HttpError(408, "headers-too-slow", "the request's headers took too long"));
        } else {
          ctx.close();
        }
      }
      case BODY -> lane.context().dispatch(this::endSlowBody);
      case IDLE, OVER -> ctx.close();
      case ANSWER -> {}
    }
  }

  private void endSlowBody() {
    Duration window = lane.config().bodyDeadline();
    if (exchange != null && exchange.isBodyTooSlow(window.toMillis())) {
      exchange.failBody(new HttpError(408, "body-too-slow", "the request's body took too long"));
    } else {
      setPhase(Phase.BODY);
    }
  }

  /** A fresh connection's first request may be on its way, and is not always sent again. */
  @Override
  public void onDrain() {
    if (phase == Phase.IDLE) {
      ctx.close();
    }
  }

  @Override
  public void onShutdown() {
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

  static boolean isHead(HttpRequest request) {
    return request.method().equals(HttpMethod.HEAD);
  }
}
