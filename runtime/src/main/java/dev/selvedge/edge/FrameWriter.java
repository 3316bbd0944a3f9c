package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Writes a server's frames (RFC 6455 §5.2): unfragmented, unmasked. */
final class FrameWriter {
  static final int TEXT = 0x81;
  static final int BINARY = 0x82;
  static final int CLOSE = 0x88;
  static final int PING = 0x89;
  static final int PONG = 0x8a;

  /** Or-ed to the first byte: the payload is compressed (RFC 7692 §6). */
  static final int COMPRESSED = 0x40;

  /** Up to here a copy behind the header is cheaper than a second buffer in the writev. */
  private static final int COPIED = 2048;

  private FrameWriter() {}

  /** Writes a copy of the payload without flushing. */
  static void write(ChannelHandlerContext ctx, int first, byte[] payload, ChannelPromise promise) {
    ByteBuf frame = ctx.alloc().ioBuffer(headerBytes(payload.length) + payload.length);
    ctx.write(header(frame, first, payload.length).writeBytes(payload), promise);
  }

  /** Writes without flushing; releases the payload. */
  static void write(ChannelHandlerContext ctx, int first, ByteBuf payload, ChannelPromise promise) {
    int length = payload.readableBytes();
    if (length <= COPIED || !payload.isDirect()) {
      try {
        ByteBuf frame = ctx.alloc().ioBuffer(headerBytes(length) + length);
        ctx.write(header(frame, first, length).writeBytes(payload), promise);
      } finally {
        payload.release();
      }
    } else {
      ctx.write(
          header(ctx.alloc().ioBuffer(headerBytes(length)), first, length), ctx.voidPromise());
      ctx.write(payload, promise);
    }
  }

  static int headerBytes(int length) {
    return length < 126 ? 2 : length <= 0xffff ? 4 : 10;
  }

  static ByteBuf header(ByteBuf to, int first, int length) {
    to.writeByte(first);
    if (length < 126) {
      return to.writeByte(length);
    }
    if (length <= 0xffff) {
      return to.writeByte(126).writeShort(length);
    }
    return to.writeByte(127).writeLong(length);
  }
}
