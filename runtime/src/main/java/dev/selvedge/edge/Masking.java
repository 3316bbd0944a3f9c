package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;

/** Masking of payloads (RFC 6455 §5.3), in place. */
final class Masking {
  private Masking() {}

  /**
   * Exclusive-ors {@code length} bytes from {@code index} on.
   *
   * @param mask the key as a big-endian int, turned so that its first byte is for {@code index}
   * @return the key turned for the byte behind
   */
  static int apply(int mask, ByteBuf bytes, int index, int length) {
    int at = index;
    int end = index + length;
    if (mask == 0) {
      return 0;
    }
    long wide = (mask & 0xffffffffL) << 32 | (mask & 0xffffffffL);
    for (; at + 8 <= end; at += 8) {
      bytes.setLong(at, bytes.getLong(at) ^ wide);
    }
    int turned = mask;
    for (; at < end; at++) {
      bytes.setByte(at, bytes.getByte(at) ^ turned >>> 24);
      turned = Integer.rotateLeft(turned, 8);
    }
    return turned;
  }
}
