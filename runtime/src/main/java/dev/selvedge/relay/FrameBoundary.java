package dev.selvedge.relay;

import io.netty.buffer.ByteBuf;

/**
 * Where the frames of one direction of a WebSocket end (RFC 6455 §5.2): headers are walked,
 * payloads skipped, nothing is unmasked or copied. Control frames may stand between the fragments
 * of a message, so that each end of a frame is a place for a Close.
 */
final class FrameBoundary {
  private static final int CLOSE = 8;

  /** In place of a length: it follows, in two bytes or in eight. Any less is the length itself. */
  private static final int LENGTH_16 = 126;

  private static final int LENGTH_64 = 127;

  /** Payload bytes of the current frame that are still to come. */
  private long payload;

  private long length;
  private byte have;
  private byte size;
  private boolean closed;
  private boolean broken;

  /** Whether what has passed ends with a whole frame. */
  boolean atBoundary() {
    return payload == 0 && have == 0 && !broken;
  }

  /** Whether a Close frame has passed: nothing may follow it. */
  boolean closed() {
    return closed;
  }

  /** Takes note of bytes that pass. */
  void pass(ByteBuf in) {
    if (!isShortFrame(in)) {
      walk(in, false);
    }
  }

  /** Most reads are one short frame: it leaves everything as it was, unless it is a Close. */
  private boolean isShortFrame(ByteBuf in) {
    int bytes = in.readableBytes();
    if (bytes < 2 || !atBoundary()) {
      return false;
    }
    int head = in.getUnsignedShort(in.readerIndex());
    int length = head & 0x7f;
    boolean masked = (head & 0x80) != 0;
    return length < LENGTH_16
        && (head >> 8 & 0x0f) != CLOSE
        && bytes == 2 + length + (masked ? 4 : 0);
  }

  /** Takes note of bytes up to the next end of a frame; returns how many these are. */
  int passOneFrame(ByteBuf in) {
    return walk(in, true) - in.readerIndex();
  }

  private int walk(ByteBuf in, boolean stopAtBoundary) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end) {
      if (payload > 0) {
        int skipped = (int) Math.min(payload, end - at);
        payload -= skipped;
        at += skipped;
      } else {
        takeHeader(in.getByte(at++));
      }
      if (stopAtBoundary && atBoundary()) {
        return at;
      }
    }
    return at;
  }

  private void takeHeader(byte b) {
    if (have == 0) {
      closed |= (b & 0x0f) == CLOSE;
    } else if (have == 1) {
      int seven = b & 0x7f;
      int extended = seven == LENGTH_16 ? 2 : seven == LENGTH_64 ? 8 : 0;
      size = (byte) (2 + extended + (b < 0 ? 4 : 0));
      length = extended == 0 ? seven : 0;
    } else if (!isMaskByte()) {
      length = length << 8 | b & 0xff;
    }
    have++;
    if (have >= 2 && have == size) {
      broken |= length < 0;
      payload = broken ? Long.MAX_VALUE : length;
      have = 0;
      size = 0;
    }
  }

  /** The last four bytes of a header of 6, 8 or 14 bytes are the mask; 2, 4 and 10 have none. */
  private boolean isMaskByte() {
    boolean masked = size == 6 || size == 8 || size == 14;
    return masked && have >= size - 4;
  }
}
