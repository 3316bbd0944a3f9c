package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Joining of received bytes. */
final class Buffers {
  private Buffers() {}

  /** One buffer with both; the two are released. */
  static ByteBuf join(ByteBufAllocator alloc, ByteBuf first, ByteBuf second) {
    try {
      ByteBuf both = alloc.buffer(first.readableBytes() + second.readableBytes());
      return both.writeBytes(first).writeBytes(second);
    } finally {
      first.release();
      second.release();
    }
  }
}
