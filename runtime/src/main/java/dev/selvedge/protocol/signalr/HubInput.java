package dev.selvedge.protocol.signalr;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a connection cut into messages, wherever the transport cut them: text records that
 * end with {@code 0x1E}, or bodies behind their length. Keeps what was added and not yet taken; a
 * message beyond the limit is refused before it is whole.
 */
final class HubInput {
  static final byte RECORD_SEPARATOR = 0x1E;
  private static final byte[] EMPTY = {};

  private final int limit;
  private byte[] bytes = EMPTY;
  private int from;
  private int to;

  /** Up to here there is no separator. */
  private int searched;

  /**
   * @param limit of a message in bytes, without separator or length
   */
  HubInput(int limit) {
    this.limit = limit;
  }

  void add(ByteBuf more) {
    int length = more.readableBytes();
    makeRoom(length);
    more.getBytes(more.readerIndex(), bytes, to, length);
    to += length;
  }

  private void makeRoom(int length) {
    int kept = to - from;
    if (kept == 0) {
      from = 0;
      to = 0;
      searched = 0;
    }
    if (bytes.length - to < length) {
      byte[] larger = new byte[Math.max(kept + length, Math.min(2 * kept, kept + limit))];
      System.arraycopy(bytes, from, larger, 0, kept);
      bytes = larger;
      searched -= from;
      to = kept;
      from = 0;
    }
  }

  /** Forgets what was not taken. */
  void clear() {
    bytes = EMPTY;
    from = 0;
    to = 0;
    searched = 0;
  }

  boolean isEmpty() {
    return from == to;
  }

  /** The next record without its separator; null if it is not whole yet. */
  byte @Nullable [] nextRecord() throws HubViolation {
    for (int at = Math.max(searched, from); at < to; at++) {
      if (bytes[at] == RECORD_SEPARATOR) {
        if (at - from > limit) {
          throw HubViolation.tooBig(limit);
        }
        return take(from, at, at + 1);
      }
    }
    searched = to;
    if (to - from > limit) {
      throw HubViolation.tooBig(limit);
    }
    return null;
  }

  /**
   * The next body behind its length, which is a VarInt: seven bits a byte, the least significant
   * first, at most five bytes and 2^31-1. Null if it is not whole yet.
   */
  byte @Nullable [] nextBody() throws HubViolation {
    long length = 0;
    for (int i = 0; i < 5; i++) {
      if (from + i >= to) {
        return null;
      }
      byte part = bytes[from + i];
      length |= (long) (part & 0x7F) << (7 * i);
      if (part >= 0) {
        return body(length, from + i + 1);
      }
    }
    throw HubViolation.malformed("the length of a message has more than five bytes");
  }

  private byte @Nullable [] body(long length, int start) throws HubViolation {
    if (length > limit) {
      throw HubViolation.tooBig(limit);
    }
    int end = start + (int) length;
    return end > to ? null : take(start, end, end);
  }

  private byte[] take(int start, int end, int next) {
    byte[] taken = Arrays.copyOfRange(bytes, start, end);
    from = next;
    searched = next;
    if (from == to) {
      // An idle connection keeps nothing.
      clear();
    }
    return taken;
  }
}
