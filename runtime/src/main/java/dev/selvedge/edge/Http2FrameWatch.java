package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

/**
 * Looks at the frames' headers (RFC 9113 §4.1) before they are decoded, for what shows only there:
 * header blocks that do not come to their end, which would hold up all streams of the connection,
 * and frames that cost us work and the client nothing.
 */
final class Http2FrameWatch extends ChannelInboundHandlerAdapter implements Wheel.Owner {
  /** PING, SETTINGS, PRIORITY and unknown frames in {@link #WINDOW}; browsers send tens. */
  static final int MOST_IDLE_FRAMES = 2_000;

  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int PREFACE_BYTES = 24;
  private static final int HEADER_BYTES = 9;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;

  private final Wheel wheel;
  private final Duration headerDeadline;
  private final Http2ClientConnection connection;
  private final Wheel.Timer timer = new Wheel.Timer(this);

  /** Bytes of the preface or of a payload that are still to come. */
  private int skip = PREFACE_BYTES;

  /** Bytes of a frame's header that have come, and what they say. */
  private int known;

  private int length;
  private int type;
  private int flags;
  private boolean inHeaderBlock;
  private int idleFrames;
  private int windowSince;

  Http2FrameWatch(Wheel wheel, Duration headerDeadline, Http2ClientConnection connection) {
    this.wheel = wheel;
    this.headerDeadline = headerDeadline;
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      look(bytes);
    }
    ctx.fireChannelRead(message);
    if (inHeaderBlock && !timer.linked()) {
      wheel.arm(timer, headerDeadline);
    } else if (!inHeaderBlock && timer.linked()) {
      wheel.cancel(timer);
    }
  }

  private void look(ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (at < bytes.writerIndex()) {
      if (skip > 0) {
        int step = Math.min(skip, bytes.writerIndex() - at);
        skip -= step;
        at += step;
        if (skip == 0 && known == HEADER_BYTES) {
          frameEnded();
        }
      } else {
        headerByte(bytes.getUnsignedByte(at++));
      }
    }
  }

  private void headerByte(int value) {
    if (known == HEADER_BYTES) {
      known = 0;
      length = 0;
    }
    if (known < 3) {
      length = length << 8 | value;
    } else if (known == 3) {
      type = value;
    } else if (known == 4) {
      flags = value;
    }
    if (++known == HEADER_BYTES) {
      frameBegun();
    }
  }

  private void frameBegun() {
    skip = length;
    switch (type) {
      case HEADERS, CONTINUATION -> inHeaderBlock = true;
      case DATA, RST_STREAM, WINDOW_UPDATE -> {}
      default -> count();
    }
    if (skip == 0) {
      frameEnded();
    }
  }

  private void frameEnded() {
    if ((type == HEADERS || type == CONTINUATION) && (flags & END_HEADERS) != 0) {
      inHeaderBlock = false;
    }
  }

  private void count() {
    int now = wheel.now();
    if (now - windowSince > Wheel.ticks(WINDOW)) {
      windowSince = now;
      idleFrames = 0;
    }
    if (++idleFrames == MOST_IDLE_FRAMES) {
      connection.flooded();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    wheel.cancel(timer);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    wheel.cancel(timer);
    inHeaderBlock = false;
    ctx.fireChannelInactive();
  }

  @Override
  public void onDeadline() {
    connection.headersTooSlow();
  }

  /** {@link Http2ClientConnection} sees to it. */
  @Override
  public void onShutdown() {}
}
