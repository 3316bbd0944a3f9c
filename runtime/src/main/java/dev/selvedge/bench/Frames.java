package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.ThreadLocalRandom;

/** Whole frames as a client sends them: final, masked (RFC 6455 §5.2, §5.3). */
final class Frames {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;

  private Frames() {}

  /** A frame in a direct buffer of its own, which may be sent many times. */
  static ByteBuf frame(int opcode, byte[] payload) {
    return frame(opcode, payload, ThreadLocalRandom.current().nextInt());
  }

  /**
   * A frame in a direct buffer of its own.
   *
   * @param mask the masking key. One key for a whole run is enough here: it is there against
   *     proxies that take a payload for a request, and the payload is ours.
   */
  static ByteBuf frame(int opcode, byte[] payload, int mask) {
    ByteBuf frame = Unpooled.directBuffer(payload.length + 14);
    frame.writeByte(FINAL | opcode);
    writeLength(frame, payload.length);
    frame.writeInt(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.writeByte(payload[i] ^ mask >>> (24 - 8 * (i & 3)));
    }
    return frame;
  }

  private static void writeLength(ByteBuf frame, int length) {
    if (length < 126) {
      frame.writeByte(MASKED | length);
    } else if (length < 1 << 16) {
      frame.writeByte(MASKED | 126).writeShort(length);
    } else {
      frame.writeByte(MASKED | 127).writeLong(length);
    }
  }
}
