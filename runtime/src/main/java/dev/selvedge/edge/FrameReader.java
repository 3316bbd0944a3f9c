package dev.selvedge.edge;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's frames (RFC 6455 §5) and puts messages together. Pure but for its sink: no
 * socket, no clock.
 *
 * <p>A data frame's payload is unmasked in place as it comes and text is checked as it comes, so
 * that invalid UTF-8 fails at its first byte. An unfragmented frame that arrived whole is passed on
 * as a slice of the received bytes; anything else is gathered, and memory is only taken for bytes
 * that came, never for a length that was announced. A header or control frame that is not yet whole
 * is held back until it is.
 */
final class FrameReader {
  /** Takes what was read. Payloads are released by the reader after the call. */
  interface Sink {
    /** Whether to go on; asked before each step. If not, what is left is held. */
    boolean reading();

    void message(boolean text, ByteBuf payload);

    void ping(ByteBuf payload);

    void pong();

    void closed(CloseReason reason);
  }

  private static final int FIN = 0x80;
  private static final int RSV1 = 0x40;
  private static final int RSV = 0x70;
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int MASKED = 0x80;

  /** Longer received buffers are not kept for the sake of a few bytes. */
  private static final int WORTH_COPYING = 512;

  private final Sink sink;
  private final WebSocketLimits limits;
  private final ByteBufAllocator alloc;
  private final @Nullable PerMessageDeflate deflate;

  /** Bytes not yet looked at, or not yet enough of. */
  private @Nullable ByteBuf held;

  /** What came of a message so far, unless it all came at once. */
  private @Nullable ByteBuf gathered;

  private boolean inPayload;
  private boolean fin;
  private boolean compressed;
  private boolean stepping;
  private boolean released;

  /** TEXT or BINARY within a message, 0 between. */
  private byte messageOpcode;

  private int remaining;
  private int messageBytes;
  private int mask;
  private int utf8;

  FrameReader(
      Sink sink,
      WebSocketLimits limits,
      ByteBufAllocator alloc,
      @Nullable PerMessageDeflate deflate) {
    this.sink = sink;
    this.limits = limits;
    this.alloc = alloc;
    this.deflate = deflate;
  }

  /**
   * Takes received bytes and reads as far as they and the sink allow.
   *
   * @param in released or kept; modified
   * @throws WebSocketViolation if the client broke a rule; the reader is of no more use then
   */
  void read(ByteBuf in) {
    if (released) {
      in.release();
      return;
    }
    held = held == null ? in : Buffers.join(alloc, held, in);
    resume();
  }

  /** Goes on with what is held; does nothing if called from the sink. */
  void resume() {
    ByteBuf bytes = held;
    if (stepping || bytes == null) {
      return;
    }
    held = null;
    stepping = true;
    try {
      while (sink.reading() && step(bytes)) {
        // each step consumes a header, a control frame or some payload
      }
      held = rest(bytes);
    } finally {
      stepping = false;
      bytes.release();
    }
  }

  private @Nullable ByteBuf rest(ByteBuf bytes) {
    int left = bytes.readableBytes();
    if (left == 0 || released) {
      return null;
    }
    return left < WORTH_COPYING && bytes.capacity() > WORTH_COPYING
        ? alloc.buffer(left).writeBytes(bytes)
        : bytes.retain();
  }

  private boolean step(ByteBuf bytes) {
    return inPayload ? readPayload(bytes) : readHeader(bytes);
  }

  private boolean readHeader(ByteBuf bytes) {
    int readable = bytes.readableBytes();
    if (readable < 2) {
      return false;
    }
    int at = bytes.readerIndex();
    int first = bytes.getUnsignedByte(at);
    int second = bytes.getUnsignedByte(at + 1);
    checkFirstTwo(first, second);
    int length7 = second & 0x7f;
    int lengthBytes = length7 < 126 ? 0 : length7 == 126 ? 2 : 8;
    int headerBytes = 2 + lengthBytes + 4;
    if (readable < 2 + lengthBytes) {
      return false;
    }
    long length =
        lengthBytes == 0
            ? length7
            : lengthBytes == 2 ? bytes.getUnsignedShort(at + 2) : bytes.getLong(at + 2);
    boolean control = (first & 0x08) != 0;
    if (!control) {
      checkLength(length);
    }
    if (readable < headerBytes + (control ? length7 : 0)) {
      return false;
    }
    int key = bytes.getInt(at + headerBytes - 4);
    bytes.skipBytes(headerBytes);
    if (control) {
      readControl(first & 0x0f, key, bytes, (int) length);
    } else {
      beginData(first, key, (int) length);
    }
    return true;
  }

  private void checkFirstTwo(int first, int second) {
    int opcode = first & 0x0f;
    boolean control = opcode >= CLOSE;
    if (opcode > PONG || opcode > BINARY && !control) {
      throw WebSocketViolation.protocolError("reserved opcode " + opcode);
    }
    boolean startsMessage = opcode == TEXT || opcode == BINARY;
    if ((first & RSV) != 0 && !((first & RSV) == RSV1 && deflate != null && startsMessage)) {
      throw WebSocketViolation.protocolError("reserved bit set");
    }
    if ((second & MASKED) == 0) {
      throw WebSocketViolation.protocolError("unmasked frame");
    }
    if (control && ((first & FIN) == 0 || (second & 0x7f) > 125)) {
      throw WebSocketViolation.protocolError("fragmented or long control frame");
    }
    if (startsMessage && messageOpcode != 0) {
      throw WebSocketViolation.protocolError("new message within another");
    }
    if (opcode == CONTINUATION && messageOpcode == 0) {
      throw WebSocketViolation.protocolError("continuation of nothing");
    }
  }

  private void checkLength(long length) {
    if (length < 0) {
      throw WebSocketViolation.protocolError("length with the highest bit set");
    }
    if (length > limits.maxFrameBytes() || length > limits.maxMessageBytes() - messageBytes) {
      throw new WebSocketViolation(CloseReason.MESSAGE_TOO_BIG);
    }
  }

  private void readControl(int opcode, int key, ByteBuf bytes, int length) {
    Masking.apply(key, bytes, bytes.readerIndex(), length);
    if (opcode == PONG) {
      bytes.skipBytes(length);
      sink.pong();
      return;
    }
    ByteBuf payload = bytes.readRetainedSlice(length);
    try {
      if (opcode == PING) {
        sink.ping(payload);
      } else {
        sink.closed(CloseFrames.parse(payload));
      }
    } finally {
      payload.release();
    }
  }

  private void beginData(int first, int key, int length) {
    if ((first & 0x0f) != CONTINUATION) {
      messageOpcode = (byte) (first & 0x0f);
      compressed = (first & RSV1) != 0;
      utf8 = Utf8.COMPLETE;
    }
    fin = (first & FIN) != 0;
    mask = key;
    remaining = length;
    messageBytes += length;
    inPayload = true;
  }

  private boolean readPayload(ByteBuf bytes) {
    int part = Math.min(remaining, bytes.readableBytes());
    if (part == 0 && remaining > 0) {
      return false;
    }
    mask = Masking.apply(mask, bytes, bytes.readerIndex(), part);
    checkText(bytes, part);
    remaining -= part;
    boolean last = remaining == 0;
    inPayload = !last;
    if (last && fin && gathered == null) {
      deliver(bytes.readRetainedSlice(part));
      return true;
    }
    gather(bytes, part);
    if (last && fin && gathered != null) {
      ByteBuf whole = gathered;
      gathered = null;
      deliver(whole);
    }
    return true;
  }

  private void checkText(ByteBuf bytes, int length) {
    if (messageOpcode == TEXT && !compressed) {
      utf8 = Utf8.advance(utf8, bytes, bytes.readerIndex(), length);
      if (utf8 < 0 || utf8 != Utf8.COMPLETE && remaining == length && fin) {
        throw invalidText();
      }
    }
  }

  private static WebSocketViolation invalidText() {
    return new WebSocketViolation(CloseReason.INVALID_PAYLOAD.because("text is not UTF-8"));
  }

  private void gather(ByteBuf bytes, int length) {
    if (gathered == null) {
      gathered = alloc.buffer(Math.max(length, 64));
    }
    gathered.writeBytes(bytes, length);
  }

  private void deliver(ByteBuf whole) {
    ByteBuf payload = whole;
    try {
      boolean text = messageOpcode == TEXT;
      messageOpcode = 0;
      messageBytes = 0;
      if (compressed && deflate != null) {
        payload = deflate.inflate(whole, alloc, limits.maxMessageBytes());
        whole.release();
        int length = payload.readableBytes();
        if (text && Utf8.advance(Utf8.COMPLETE, payload, payload.readerIndex(), length) != 0) {
          throw invalidText();
        }
      }
      sink.message(text, payload);
    } finally {
      payload.release();
    }
  }

  /** Bytes that wait for the sink or for more bytes. */
  int heldBytes() {
    return held == null ? 0 : held.readableBytes();
  }

  /** Frees what is held; nothing is read any more. Idempotent, also from the sink. */
  void release() {
    released = true;
    if (held != null) {
      held.release();
      held = null;
    }
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }
}
