package dev.selvedge.relay;

import io.netty.buffer.ByteBuf;

/**
 * Finds the end of a head in bytes that come in pieces, and refuses what makes two readers see
 * different lines: bare CR or LF, NUL and other control characters, an empty first line.
 */
final class HeadScan {
  private int lineBytes;
  private boolean first = true;
  private boolean afterReturn;

  /**
   * Looks at the readable bytes.
   *
   * @return the index behind the empty line that ends the head, or -1 if it is not there yet
   * @throws BadAnswer for a byte that may not be there
   */
  int end(ByteBuf in) {
    for (int i = in.readerIndex(); i < in.writerIndex(); i++) {
      byte b = in.getByte(i);
      if (afterReturn != (b == '\n')) {
        throw new BadAnswer("a line end that is not CRLF");
      }
      if (b == '\n') {
        if (endsHead()) {
          return i + 1;
        }
      } else if (b == '\r') {
        afterReturn = true;
      } else if (b >= 0 && b < 0x20 && b != '\t' || b == 0x7f) {
        throw new BadAnswer("a control character in the head");
      } else {
        lineBytes++;
      }
    }
    return -1;
  }

  /** The same for trailers, which may be none. */
  int trailersEnd(ByteBuf in) {
    first = false;
    return end(in);
  }

  private boolean endsHead() {
    boolean empty = lineBytes == 0;
    if (empty && first) {
      throw new BadAnswer("an empty first line");
    }
    first = false;
    afterReturn = false;
    lineBytes = 0;
    return empty;
  }
}
