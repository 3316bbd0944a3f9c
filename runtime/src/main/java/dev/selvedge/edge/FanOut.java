package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes the messages of a lane's connections, of which many may get the same. That is known by the
 * array: the second connection in a row that is sent it begins a fan-out. From then on the frame
 * stands in a buffer of the lane, and each socket that has nothing else waiting is given it there
 * and then: it needs no buffer of its own, and no second visit that flushes it.
 *
 * <p>With several fan-outs in one tick of the loop, and in the tick behind such a one, frames are
 * gathered as those of any other message: one call to the kernel with all that a socket gets in a
 * tick costs less than one for each.
 *
 * <p>Confined to its event loop.
 */
final class FanOut implements AutoCloseable {
  /** Longer messages are copied for each connection: the copy is the least that they cost. */
  static final int MAX_BYTES = 16 * 1024;

  private final Executor behindThisTick;
  private final ByteBuf frame =
      Unpooled.directBuffer(FrameWriter.headerBytes(MAX_BYTES) + MAX_BYTES);

  /** What was sent last, if it is short enough, and its frame's first byte. */
  private byte @Nullable [] last;

  private int lastFirst;

  /** Whether a second connection was sent that. */
  private boolean fanning;

  private int inThisTick;
  private int inLastTick;

  /**
   * @param behindThisTick runs tasks when those of this tick are done
   */
  FanOut(Executor behindThisTick) {
    this.behindThisTick = behindThisTick;
  }

  /**
   * Sends a message, or writes it into the pipeline.
   *
   * @param first the first byte of its frame
   * @param message not modified from here on
   * @return whether the socket has all of it; if not, it is there after a flush
   */
  boolean send(ChannelHandlerContext ctx, int first, byte[] message) {
    if (message == last && first == lastFirst) {
      begin(message);
      if (inThisTick == 1 && inLastTick <= 1 && takesAtOnce(ctx)) {
        return sendAtOnce(ctx);
      }
    } else {
      last = message.length <= MAX_BYTES ? message : null;
      lastFirst = first;
      fanning = false;
    }
    FrameWriter.write(ctx, first, message, ctx.voidPromise());
    return false;
  }

  private void begin(byte[] message) {
    if (!fanning) {
      fanning = true;
      FrameWriter.header(frame.clear(), lastFirst, message.length).writeBytes(message);
      if (inThisTick++ == 0) {
        behindThisTick.execute(this::tickEnds);
      }
    }
  }

  private void tickEnds() {
    inLastTick = inThisTick;
    inThisTick = 0;
    last = null;
  }

  /** Whether nothing is between the handler and a socket of the kernel, nor waits there. */
  private static boolean takesAtOnce(ChannelHandlerContext ctx) {
    Channel channel = ctx.channel();
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return channel instanceof UnixChannel
        && waiting != null
        && waiting.totalPendingWriteBytes() == 0
        && channel.pipeline().firstContext() == ctx;
  }

  private boolean sendAtOnce(ChannelHandlerContext ctx) {
    int length = frame.readableBytes();
    int sent = 0;
    try {
      sent = ((UnixChannel) ctx.channel()).fd().writeAddress(frame.memoryAddress(), 0, length);
    } catch (IOException broken) {
      // The pipeline will hear of it, too, and knows what to do.
    }
    if (sent == length) {
      return true;
    }
    int rest = length - sent;
    ctx.write(ctx.alloc().ioBuffer(rest).writeBytes(frame, sent, rest), ctx.voidPromise());
    return false;
  }

  /** Frees the buffer, once. */
  @Override
  public void close() {
    if (frame.refCnt() > 0) {
      frame.release();
    }
  }
}
