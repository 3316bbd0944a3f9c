package dev.selvedge.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/**
 * One client connection that speaks HTTP/2 (RFC 9113): each stream of it is a channel of its own
 * with an {@link Http2StreamCodec} and an {@link HttpConnection}; here is what the streams share.
 *
 * <p>Netty's codec keeps the rules of frames, header compression and flow control, and the bounds
 * on resets, empty frames and continuations. A stream's body that is not read stops with its window
 * (64 KiB), and all streams together with the connection's. Extended CONNECT (RFC 8441) is not
 * offered: clients open a WebSocket on a connection of HTTP/1.1.
 */
final class Http2ClientConnection extends ChannelInboundHandlerAdapter implements Wheel.Owner {
  static final int MOST_STREAMS = 100;

  /** Bytes of all streams' bodies that were sent to us and not yet taken: 1 MiB. */
  private static final int WINDOW = 1024 * 1024;

  /** For streams that a client has opened before it learns that it should not. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  /** For a last frame to be taken and the client's end to come. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private enum Phase {
    /** Until the client's first SETTINGS. */
    PREFACE,
    OPEN,
    /** The client knows that it should open no more streams; some may be on their way. */
    LEAVING,
    /** No more streams are taken; those in progress finish. */
    LAST,
    /** Nothing more is sent. */
    OVER
  }

  private final EdgeLane lane;
  private final Http2FrameCodec codec;
  private final Wheel.Timer timer = new Wheel.Timer(this);
  private Phase phase = Phase.PREFACE;
  private ChannelHandlerContext ctx;

  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before any other call
  private Http2ClientConnection(EdgeLane lane, Http2FrameCodec codec) {
    this.lane = lane;
    this.codec = codec;
  }

  /** Has a pipeline speak HTTP/2 from here on. */
  static void begin(
      EdgeLane lane, ChannelPipeline pipeline, Peer peer, ConnectionSecurity security) {
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                new Http2Settings()
                    .maxConcurrentStreams(MOST_STREAMS)
                    .maxHeaderListSize(lane.config().maxHeaderBytes()))
            .decoupleCloseAndGoAway(true)
            .build();
    Http2ClientConnection connection = new Http2ClientConnection(lane, codec);
    pipeline.addLast(
        "watch", new Http2FrameWatch(lane.wheel(), lane.config().headerDeadline(), connection));
    pipeline.addLast("frames", codec);
    pipeline.addLast("streams", new Http2MultiplexHandler(new Streams(lane, peer, security)));
    pipeline.addLast("http2", connection);
  }

  /** Makes each new stream's pipeline. */
  private static final class Streams extends ChannelInitializer<Channel> {
    private final EdgeLane lane;
    private final Peer peer;
    private final ConnectionSecurity security;

    Streams(EdgeLane lane, Peer peer, ConnectionSecurity security) {
      this.lane = lane;
      this.peer = peer;
      this.security = security;
    }

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    protected void initChannel(Channel stream) {
      stream.pipeline().addLast("stream", new Http2StreamCodec());
      stream.pipeline().addLast("http", HttpConnection.ofStream(lane, peer, security));
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
    this.ctx = ctx;
    lane.wheel().arm(timer, lane.config().headerDeadline());
    codec
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamActive(Http2Stream stream) {
                streamsChanged();
              }

              @Override
              public void onStreamClosed(Http2Stream stream) {
                streamsChanged();
              }
            });
    var local = codec.connection().local().flowController();
    Http2Stream whole = codec.connection().connectionStream();
    local.incrementWindowSize(whole, WINDOW - local.windowSize(whole));
  }

  private boolean isIdle() {
    return codec.connection().numActiveStreams() == 0;
  }

  private void streamsChanged() {
    if (phase == Phase.OPEN) {
      awaitStreams();
    } else if (phase == Phase.LAST && isIdle()) {
      // The last stream's frames are still on their way out.
      ctx.executor().execute(this::finish);
    }
  }

  private void awaitStreams() {
    if (isIdle()) {
      lane.wheel().arm(timer, lane.config().keepAlive());
    } else {
      lane.wheel().park(timer);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    if (frame instanceof Http2SettingsFrame && phase == Phase.PREFACE) {
      phase = Phase.OPEN;
      awaitStreams();
      if (lane.draining()) {
        onDrain();
      }
    }
    ReferenceCountUtil.release(frame);
  }

  /** Too many frames that cost nothing to send. */
  void flooded() {
    lane.metrics().refused("http2-flood");
    end(Http2Error.ENHANCE_YOUR_CALM);
  }

  void headersTooSlow() {
    lane.metrics().refused("headers-too-slow");
    end(Http2Error.ENHANCE_YOUR_CALM);
  }

  private void end(Http2Error error) {
    if (phase != Phase.OVER) {
      phase = Phase.OVER;
      ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(error)).addListener(told -> ctx.close());
    }
  }

  /** Both sides have said all: closes so that the last frames arrive. */
  private void finish() {
    if (phase != Phase.OVER) {
      phase = Phase.OVER;
      lane.wheel().arm(timer, PATIENCE);
      ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR))
          .addListener(told -> LingeringClose.shutOutput(ctx.channel()));
    }
  }

  @Override
  public void onDrain() {
    if (phase == Phase.PREFACE) {
      ctx.close();
    } else if (phase == Phase.OPEN) {
      phase = Phase.LEAVING;
      lane.wheel().arm(timer, FAREWELL);
      ctx.writeAndFlush(
          new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
    }
  }

  @Override
  public void onDeadline() {
    switch (phase) {
      case PREFACE, OVER -> ctx.close();
      case OPEN -> finish();
      case LEAVING -> {
        if (isIdle()) {
          finish();
        } else {
          phase = Phase.LAST;
          lane.wheel().park(timer);
          ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        }
      }
      case LAST -> {}
    }
  }

  @Override
  public void onShutdown() {
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    phase = Phase.OVER;
    lane.wheel().cancel(timer);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  /** What breaks the protocol the codec answers with GOAWAY, and closes. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception && phase != Phase.OVER) {
      phase = Phase.OVER;
      lane.wheel().arm(timer, PATIENCE);
    } else {
      ctx.close();
    }
  }
}
