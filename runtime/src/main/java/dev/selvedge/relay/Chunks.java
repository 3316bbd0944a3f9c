package dev.selvedge.relay;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A body in chunks (RFC 9112 §7.1). Extensions and trailers are checked and dropped. */
final class Chunks {
  private static final int MAX_LINE = 1024;
  private static final int MAX_DIGITS = 15;

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_END,
    DATA,
    DATA_RETURN,
    DATA_NEWLINE,
    TRAILERS,
    OVER
  }

  private final HeadScan trailers = new HeadScan();
  private State state = State.SIZE;
  private long size;
  private int digits;
  private int line;

  boolean over() {
    return state == State.OVER;
  }

  /**
   * The next part of the data.
   *
   * @return null if the bytes are used up, or the body is {@link #over}
   * @throws BadAnswer for anything that is not as the RFC wants it
   */
  @Nullable ByteBuf next(ByteBuf in) {
    while (in.isReadable() && state != State.OVER) {
      if (state == State.DATA) {
        int bytes = (int) Math.min(size, in.readableBytes());
        size -= bytes;
        state = size == 0 ? State.DATA_RETURN : State.DATA;
        return in.readRetainedSlice(bytes);
      }
      if (state == State.TRAILERS) {
        readTrailers(in);
      } else {
        take(in.readByte());
      }
    }
    return null;
  }

  private void take(byte b) {
    switch (state) {
      case SIZE -> takeSize(b);
      case EXTENSION -> {
        if (b == '\r') {
          state = State.SIZE_END;
        } else if (b >= 0 && b < 0x20 && b != '\t' || b == 0x7f || ++line > MAX_LINE) {
          throw new BadAnswer("a chunk extension that is none");
        }
      }
      case SIZE_END -> {
        expect(b, '\n');
        state = size == 0 ? State.TRAILERS : State.DATA;
        digits = 0;
        line = 0;
      }
      case DATA_RETURN -> {
        expect(b, '\r');
        state = State.DATA_NEWLINE;
      }
      case DATA_NEWLINE -> {
        expect(b, '\n');
        state = State.SIZE;
      }
      case DATA, TRAILERS, OVER -> throw new IllegalStateException(state.toString());
    }
  }

  private void takeSize(byte b) {
    int digit = b < 0 ? -1 : Character.digit(b, 16);
    if (digit >= 0 && digits < MAX_DIGITS) {
      size = size << 4 | digit;
      digits++;
    } else if (b == ';' && digits > 0) {
      state = State.EXTENSION;
    } else if (b == '\r' && digits > 0) {
      state = State.SIZE_END;
    } else {
      throw new BadAnswer("a chunk size that is no number");
    }
  }

  private static void expect(byte b, char expected) {
    if (b != expected) {
      throw new BadAnswer("a chunk that does not end where it says");
    }
  }

  /** An empty line, or lines and an empty one. */
  private void readTrailers(ByteBuf in) {
    int end = trailers.trailersEnd(in);
    line += (end < 0 ? in.writerIndex() : end) - in.readerIndex();
    if (line > AnswerParser.MAX_HEAD) {
      throw new BadAnswer("trailers without end");
    }
    in.readerIndex(end < 0 ? in.writerIndex() : end);
    if (end >= 0) {
      state = State.OVER;
    }
  }
}
