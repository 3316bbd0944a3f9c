package dev.selvedge.relay;

import io.netty.buffer.ByteBuf;

/**
 * Where an event stream could end without cutting an event in two: at its start and after each
 * empty line (HTML standard, "Parsing an event stream"). Looks at the ends of what passes only,
 * until it is to find a place.
 */
final class EventBoundary {
  /** The last four bytes that passed. */
  private int tail = 0x0a0a;

  private boolean wanted;
  private int cut;

  boolean atBoundary() {
    return (tail & 0xffff) == 0x0a0a || (tail & 0xffff) == 0x0d0d || (tail & 0xffffff) == 0x0a0d0a;
  }

  /** From here on {@link #cutsAfter} looks for the next place. */
  void cutAtNext() {
    wanted = true;
  }

  /** Takes note of bytes that pass; true if the stream is to end within them, at {@link #cut}. */
  boolean cutsAfter(ByteBuf bytes) {
    int from =
        wanted ? bytes.readerIndex() : Math.max(bytes.readerIndex(), bytes.writerIndex() - 4);
    for (int i = from; i < bytes.writerIndex(); i++) {
      tail = tail << 8 | bytes.getByte(i) & 0xff;
      if (wanted && atBoundary()) {
        cut = i + 1 - bytes.readerIndex();
        return true;
      }
    }
    return false;
  }

  /** How many of the bytes still belong to the stream. */
  int cut() {
    return cut;
  }
}
