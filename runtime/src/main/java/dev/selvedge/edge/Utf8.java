package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;

/**
 * Incremental validation of UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above
 * U+10FFFF. A state is an int: {@link #COMPLETE} between characters, negative once invalid, else
 * how many continuation bytes are missing and the range of the next one.
 */
final class Utf8 {
  static final int COMPLETE = 0;
  static final int INVALID = -1;

  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /** The state after {@code length} more bytes, from {@code index} on. */
  static int advance(int state, ByteBuf bytes, int index, int length) {
    int at = index;
    int end = index + length;
    int now = state;
    while (at < end && now >= 0) {
      if (now == COMPLETE) {
        at = skipAscii(bytes, at, end);
      }
      if (at < end) {
        now = next(now, bytes.getByte(at++) & 0xff);
      }
    }
    return now;
  }

  private static int skipAscii(ByteBuf bytes, int from, int end) {
    int at = from;
    while (at + 8 <= end && (bytes.getLong(at) & HIGH_BITS) == 0) {
      at += 8;
    }
    while (at < end && bytes.getByte(at) >= 0) {
      at++;
    }
    return at;
  }

  private static int next(int state, int b) {
    if (state == COMPLETE) {
      return lead(b);
    }
    int low = state >> 8 & 0xff;
    int high = state >> 16 & 0xff;
    if (b < low || b > high) {
      return INVALID;
    }
    int missing = (state & 3) - 1;
    return missing == 0 ? COMPLETE : expect(missing, 0x80, 0xbf);
  }

  private static int lead(int b) {
    if (b < 0x80) {
      return COMPLETE;
    }
    if (b < 0xc2 || b > 0xf4) {
      return INVALID;
    }
    if (b < 0xe0) {
      return expect(1, 0x80, 0xbf);
    }
    if (b < 0xf0) {
      return expect(2, b == 0xe0 ? 0xa0 : 0x80, b == 0xed ? 0x9f : 0xbf);
    }
    return expect(3, b == 0xf0 ? 0x90 : 0x80, b == 0xf4 ? 0x8f : 0xbf);
  }

  private static int expect(int missing, int low, int high) {
    return missing | low << 8 | high << 16;
  }
}
