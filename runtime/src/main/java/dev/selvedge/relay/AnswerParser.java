package dev.selvedge.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request, as it comes from a member (RFC 9112). Stricter than the RFC asks of a
 * recipient: what could be read in two ways is refused. Body bytes are passed on as they come,
 * without copying.
 */
final class AnswerParser {
  /** What a head may have in bytes; the trailers together as much. */
  static final int MAX_HEAD = 64 * 1024;

  private static final String START = "HTTP/1.";
  private static final int MAX_INTERIMS = 16;

  /** Takes the parts, in this order. */
  interface Sink {
    /** An answer before the answer (1xx, not 101). */
    void interim(AnswerHead head);

    void head(AnswerHead head);

    /** Takes the bytes over. */
    void body(ByteBuf bytes);

    /**
     * The answer is complete.
     *
     * @param behind whether the member has sent more than the answer
     */
    void end(boolean behind);

    /**
     * After a head with 101: the first bytes of the other protocol, perhaps none. Takes them over.
     */
    void switched(ByteBuf first);
  }

  private enum State {
    HEAD,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE,
    OVER
  }

  private final Sink sink;
  private final boolean toHead;
  private HeadScan scan = new HeadScan();
  private State state = State.HEAD;
  private @Nullable ByteBuf held;
  private @Nullable Chunks chunks;
  private long remaining;
  private boolean begun;
  private boolean stopped;
  private int interims;

  /**
   * @param toHead whether the answer is to a HEAD request
   */
  AnswerParser(Sink sink, boolean toHead) {
    this.sink = sink;
    this.toHead = toHead;
  }

  /** Whether a byte of the answer has come. */
  boolean begun() {
    return begun;
  }

  /**
   * Takes the bytes over.
   *
   * @throws BadAnswer if the answer cannot be trusted; nothing more may be read then
   */
  void read(ByteBuf in) {
    begun |= in.isReadable();
    try {
      while (in.isReadable() && state != State.OVER) {
        step(in);
      }
    } finally {
      in.release();
    }
  }

  private void step(ByteBuf in) {
    switch (state) {
      case HEAD -> readHead(in);
      case LENGTH -> readLength(in);
      case CHUNKED -> readChunks(in);
      case UNTIL_CLOSE -> sink.body(in.readRetainedSlice(in.readableBytes()));
      case OVER -> {}
    }
  }

  private void readHead(ByteBuf in) {
    int end = scan.end(in);
    int bytes = (end < 0 ? in.writerIndex() : end) - in.readerIndex();
    if (bytes + (held == null ? 0 : held.readableBytes()) > MAX_HEAD) {
      throw new BadAnswer("a head of more than " + MAX_HEAD + " bytes");
    }
    if (end < 0 || held != null) {
      held = (held == null ? Unpooled.buffer(bytes) : held).writeBytes(in, bytes);
      checkStart(held);
    }
    if (end >= 0) {
      ByteBuf whole = held != null ? held : in.readSlice(bytes);
      held = null;
      scan = new HeadScan();
      begin(AnswerHead.parse(whole), in);
    }
  }

  /** What is no HTTP need not come to an end. */
  private static void checkStart(ByteBuf start) {
    for (int i = 0; i < Math.min(START.length(), start.readableBytes()); i++) {
      if (start.getByte(i) != START.charAt(i)) {
        throw new BadAnswer("something else than HTTP/1");
      }
    }
  }

  private void begin(AnswerHead head, ByteBuf in) {
    AnswerHead.Framing framing = head.framing(toHead);
    if (head.isInterim()) {
      if (++interims > MAX_INTERIMS) {
        throw new BadAnswer("more than " + MAX_INTERIMS + " interim answers");
      }
      sink.interim(head);
      return;
    }
    state =
        switch (framing) {
          case NONE -> State.OVER;
          case LENGTH -> State.LENGTH;
          case CHUNKED -> State.CHUNKED;
          case UNTIL_CLOSE -> State.UNTIL_CLOSE;
        };
    remaining = framing == AnswerHead.Framing.LENGTH ? head.length() : 0;
    if (framing == AnswerHead.Framing.CHUNKED) {
      chunks = new Chunks();
    }
    sink.head(head);
    if (head.status() == 101 && !stopped) {
      sink.switched(in.readRetainedSlice(in.readableBytes()));
    } else if (state == State.OVER || state == State.LENGTH && remaining == 0) {
      end(in);
    }
  }

  private void readLength(ByteBuf in) {
    int bytes = (int) Math.min(remaining, in.readableBytes());
    remaining -= bytes;
    sink.body(in.readRetainedSlice(bytes));
    if (remaining == 0 && state == State.LENGTH) {
      end(in);
    }
  }

  private void readChunks(ByteBuf in) {
    Chunks reader = chunks;
    if (reader != null) {
      ByteBuf part = reader.next(in);
      if (part != null) {
        sink.body(part);
      } else if (reader.over()) {
        end(in);
      }
    }
  }

  private void end(ByteBuf in) {
    state = State.OVER;
    if (!stopped) {
      sink.end(in.isReadable());
    }
  }

  /**
   * The member has closed its side.
   *
   * @return whether the answer is complete, and the sink knows; false if it was cut off
   */
  boolean closed() {
    if (state == State.UNTIL_CLOSE) {
      state = State.OVER;
      sink.end(false);
      return true;
    }
    return state == State.OVER;
  }

  /** Nothing more is wanted. */
  void stop() {
    stopped = true;
    state = State.OVER;
    held = null;
  }
}
